import { describe, expect, test } from 'vitest';
import { readNotes } from '../../src/charm/leader-notes.ts';
import type { AlertmanagerConfig } from '../../src/mimir/alertmanager-config.ts';
import { paths } from '../../src/mimir/paths.ts';
import type { RuleGroup } from '../../src/mimir/rule-group.ts';
import { namespaceOf } from '../../src/mimir/namespaces.ts';
import { alertRules, identity } from '../support/builders.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { serviceIn } from '../support/fake-pebble.ts';
import { aFakeWorld, aSettledWorld, forget, runHook, type FakeWorld } from '../support/fake-ports.ts';

const pebbleReady = { kind: 'pebble-ready', container: 'mimir' } as const;
const configChanged = { kind: 'config-changed' } as const;
const updateStatus = { kind: 'update-status' } as const;

const aboutSender = { endpoint: 'receive-remote-write', relationId: 7, remoteApp: 'agent' } as const;
const senderChanged = { kind: 'relation-changed', ...aboutSender, remoteUnit: undefined } as const;
const group = (name: string): RuleGroup => ({ name, rules: [{ alert: 'Firing', expr: 'up == 0' }] });

function relateSender({ juju }: FakeWorld, rules = alertRules('cpu', 'up == 0')): void {
  juju.relations.set(7, aFakeRelation('receive-remote-write', 'agent', { agent: rules, 'agent/0': {} }));
}

const replans = ({ container }: FakeWorld) => container.calls.filter((call) => call === 'replan').length;
const service = ({ container, clock }: FakeWorld) => serviceIn(container, clock.now());
const ourBag = ({ juju }: FakeWorld, id: number) =>
  juju.relations.get(id)?.bags.get(identity.application) ?? {};

describe('the first start of Mimir', () => {
  test('brings it from an empty container to active in one dispatch', async () => {
    const world = aFakeWorld();
    await runHook(world, pebbleReady);
    expect(service(world)).toBe('active');
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
    expect(world.juju.applicationStatus).toEqual({ status: 'active', message: '' });
    expect(world.juju.openedPorts).toEqual([7946, 9009, 9095]);
    expect(world.juju.version).toBe('3.0.5');
    expect(world.log.at(-1)).toMatch(/^info pebble-ready: \d+ effects, active$/);
  });

  test('keeps its configuration as the last good one only after Mimir was ready with it', async () => {
    const world = aFakeWorld();
    world.container.program.readyAfterMs = Infinity;
    await runHook(world, pebbleReady);
    expect(world.container.files.has(paths.lastGood.config)).toBe(false);
    expect(world.juju.unitStatus.status).toBe('waiting');

    world.container.program.readyAfterMs = 0;
    await runHook(world, { kind: 'pebble-check-recovered', container: 'mimir', checkName: 'mimir-ready' });
    expect(world.container.files.get(paths.lastGood.config)).toBe(world.container.files.get(paths.config));
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
  });

  test('gives the ruler the rules of every sender in the same dispatch', async () => {
    const world = aFakeWorld();
    relateSender(world);
    await runHook(world, pebbleReady);
    expect(world.mimir.ruler.get(namespaceOf(7))).toEqual([group('cpu')]);
  });

  test('starts Mimir once, and leaves no candidate behind', async () => {
    const world = aFakeWorld();
    await runHook(world, pebbleReady);
    expect(world.container.started?.at).toBe(0);
    expect(world.container.files.has(paths.candidateConfig)).toBe(false);
  });

  test('reads no relation in install, and waits for the container', async () => {
    const world = aFakeWorld();
    world.container.reachable = false;
    await runHook(world, { kind: 'install' });
    expect(world.juju.writes.filter((write) => write.startsWith('relation-set'))).toEqual([]);
    expect(world.juju.unitStatus).toMatchObject({ status: 'waiting' });
  });

  test('is no error with an image that has no Mimir: the unit is Blocked', async () => {
    const world = aFakeWorld();
    world.container.program.version = undefined;
    await runHook(world, pebbleReady);
    expect(world.juju.unitStatus).toEqual({
      status: 'blocked',
      message: expect.stringContaining('[mimir-image]'),
    });
    expect(world.container.started).toBeUndefined();
  });
});

describe('a new configuration', () => {
  test('that Mimir refuses never becomes its file: Mimir runs on, and the status has its words', async () => {
    const world = await aSettledWorld();
    const { container, juju, clock } = world;
    const before = { config: container.files.get(paths.config), at: container.started?.at, now: clock.now() };
    container.program.refuses = (config) => (config.includes('debug') ? 'field x not found' : undefined);
    juju.options = { log_level: 'debug' };
    await runHook(world, configChanged);
    expect(container.files.get(paths.config)).toBe(before.config);
    expect(container.started?.at).toBe(before.at);
    expect(clock.now()).toBe(before.now);
    expect(juju.unitStatus).toEqual({
      status: 'blocked',
      message: expect.stringContaining('field x not found'),
    });

    forget(world);
    await runHook(world, updateStatus);
    expect(container.calls).not.toContain('exec');
    expect(juju.writes).toEqual([]);
  });

  describe('that passes, but with which Mimir exits', () => {
    const cases = [
      ['at once', 300],
      ['after a while', 2_000],
    ] as const;

    test.each(cases)('%s, is rolled back in the same dispatch', async (_when, exitsAfterMs) => {
      const world = await aSettledWorld();
      const { container, juju } = world;
      const good = container.files.get(paths.config);
      Object.assign(container.program, { exitsAfterMs, readyAfterMs: 2_500 });
      container.program.exits = (config) => (config.includes('debug') ? 'no such host' : undefined);
      juju.options = { log_level: 'debug' };
      await runHook(world, configChanged);
      expect(container.files.get(paths.config)).toBe(good);
      expect(container.files.get(paths.lastGood.config)).toBe(good);
      expect(container.started?.config).toBe(good);
      expect(service(world)).toBe('active');
      expect(juju.unitStatus).toEqual({
        status: 'blocked',
        message: expect.stringContaining('no such host'),
      });
    });

    test('is not tried again until a new container may have cured it', async () => {
      const world = await aSettledWorld();
      const { container, juju } = world;
      container.program.exits = (config) => (config.includes('debug') ? 'no such host' : undefined);
      juju.options = { log_level: 'debug' };
      await runHook(world, configChanged);
      const at = container.started?.at;
      await runHook(world, updateStatus);
      expect(container.started?.at).toBe(at);

      await runHook(world, pebbleReady);
      expect(juju.unitStatus).toMatchObject({ status: 'blocked' });
      expect(container.started?.config).not.toContain('debug');

      container.program.exits = () => undefined;
      await runHook(world, pebbleReady);
      expect(container.started?.config).toContain('debug');
      expect(container.files.has(paths.lastGood.rejection)).toBe(false);
      expect(juju.unitStatus).toEqual({ status: 'active', message: '' });
    });

    test('is forgotten when it is no longer asked for', async () => {
      const world = await aSettledWorld();
      world.container.program.exits = (config) => (config.includes('debug') ? 'no such host' : undefined);
      world.juju.options = { log_level: 'debug' };
      await runHook(world, configChanged);
      world.juju.options = { log_level: 'info' };
      await runHook(world, configChanged);
      expect(world.container.files.has(paths.lastGood.rejection)).toBe(false);
      expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
    });
  });

  test('follows an Alertmanager that comes and, though Juju still lists it, goes', async () => {
    const world = await aSettledWorld();
    const bags = { 'am/0': { url: 'http://am-0:9093' } };
    world.juju.relations.set(9, aFakeRelation('alertmanager', 'am', bags));
    const about = { endpoint: 'alertmanager', relationId: 9, remoteApp: 'am' } as const;
    await runHook(world, { kind: 'relation-changed', ...about, remoteUnit: 'am/0' });
    expect(world.container.started?.config).toContain('alertmanager_url: http://am-0:9093\n');
    await runHook(world, { kind: 'relation-broken', ...about, remoteUnit: undefined });
    expect(world.container.started?.config).not.toContain('am-0');
  });
});

describe('rules that the ruler refuses', () => {
  test('are left out whole, told to the sender, remembered, and not tried again', async () => {
    const world = await aSettledWorld();
    relateSender(world);
    world.mimir.refusesGroup = ({ name }) => (name === 'cpu' ? 'invalid template' : undefined);
    await runHook(world, senderChanged);
    expect(world.mimir.ruler.has(namespaceOf(7))).toBe(false);
    expect(ourBag(world, 7)['event']).toContain('invalid template');
    expect(readNotes(ourBag(world, 0)).senders.get(7)?.error).toContain('invalid template');
    expect(world.juju.unitStatus).toEqual({
      status: 'active',
      message: expect.stringContaining('invalid template'),
    });

    forget(world);
    await runHook(world, senderChanged);
    await runHook(world, updateStatus);
    expect(world.mimir.calls).not.toContain('setRuleGroup');
    expect(world.juju.writes).toEqual([]);
  });

  test('take nothing from another sender', async () => {
    const world = await aSettledWorld();
    relateSender(world);
    const other = aFakeRelation('receive-remote-write', 'other', { other: alertRules('disk', 'up == 0') });
    world.juju.relations.set(8, other);
    world.mimir.refusesGroup = ({ name }) => (name === 'cpu' ? 'invalid template' : undefined);
    await runHook(world, updateStatus);
    expect([...world.mimir.ruler]).toEqual([[namespaceOf(8), [group('disk')]]]);
  });
});

describe('Mimir that does not answer in the middle', () => {
  test.each(['ruleGroups', 'setRuleGroup'] as const)('(%s) is no error: the rules follow', async (call) => {
    const world = await aSettledWorld();
    relateSender(world);
    world.mimir.silent.add(call);
    await runHook(world, senderChanged);
    expect(world.juju.unitStatus).toEqual({
      status: 'waiting',
      message: expect.stringContaining('no answer'),
    });
    expect(world.log.join('\n')).not.toContain('put-rule-group');

    world.mimir.silent.clear();
    await runHook(world, updateStatus);
    expect(world.mimir.ruler.get(namespaceOf(7))).toEqual([group('cpu')]);
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
  });

  test('is asked nothing more in that dispatch', async () => {
    const world = await aSettledWorld();
    relateSender(world, { alert_rules: JSON.stringify({ groups: ['a', 'b', 'c'].map(group) }) });
    world.mimir.silent.add('setRuleGroup');
    await runHook(world, senderChanged);
    expect(world.mimir.calls).toEqual(['ruleGroups', 'setRuleGroup']);
  });

  test('keeps the note of a configuration that it did not delete', async () => {
    const world = await aSettledWorld();
    const config: AlertmanagerConfig = { config: 'route: {receiver: none}\n', templates: {} };
    world.juju.options = { alertmanager_config: config.config };
    await runHook(world, configChanged);
    expect(world.mimir.alertmanagerConfig).toEqual(config);

    world.juju.options = {};
    world.mimir.silent.add('deleteAlertmanagerConfig');
    await runHook(world, configChanged);
    world.mimir.silent.clear();
    await runHook(world, updateStatus);
    expect(world.mimir.alertmanagerConfig).toBeUndefined();
    expect(ourBag(world, 0)).toEqual({});
  });

  test('keeps the note of the old configuration while the new one was not taken', async () => {
    const world = await aSettledWorld();
    world.juju.options = { alertmanager_config: 'route: {receiver: old}\n' };
    await runHook(world, configChanged);
    world.juju.options = { alertmanager_config: 'route: {receiver: new}\n' };
    world.mimir.silent.add('setAlertmanagerConfig');
    await runHook(world, configChanged);
    world.mimir.silent.clear();
    world.juju.options = {};
    await runHook(world, configChanged);
    expect(world.mimir.alertmanagerConfig).toBeUndefined();
  });
});

describe('an Alertmanager configuration', () => {
  test('that Mimir refuses leaves the old one in force, with words, at each event', async () => {
    const world = await aSettledWorld();
    world.juju.options = { alertmanager_config: 'route: {receiver: old}\n' };
    await runHook(world, configChanged);
    world.mimir.refusesConfig = () => 'undefined receiver "new" used in route';
    world.juju.options = { alertmanager_config: 'route: {receiver: new}\n' };
    for (const event of [configChanged, updateStatus]) {
      await runHook(world, event);
      expect(world.mimir.alertmanagerConfig?.config).toContain('old');
      expect(world.juju.unitStatus).toEqual({
        status: 'blocked',
        message: expect.stringMatching(/^\[alertmanager_config\] .*undefined receiver "new"/),
      });
    }
    world.juju.options = {};
    await runHook(world, configChanged);
    expect(world.mimir.alertmanagerConfig).toBeUndefined();
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
  });

  test('of a user, and his rules, survive every hook', async () => {
    const world = await aSettledWorld();
    const own: AlertmanagerConfig = { config: 'route: {receiver: mine}\n', templates: {} };
    world.mimir.alertmanagerConfig = own;
    world.mimir.ruler.set('anonymous', [group('mine')]);
    relateSender(world);
    await runHook(world, senderChanged);
    await runHook(world, { kind: 'leader-elected' });
    await runHook(world, { kind: 'relation-broken', ...aboutSender, remoteUnit: undefined });
    world.juju.relations.delete(7);
    await runHook(world, { kind: 'upgrade-charm' });
    expect(world.mimir.alertmanagerConfig).toBe(own);
    expect([...world.mimir.ruler]).toEqual([['anonymous', [group('mine')]]]);
  });
});

describe('a container that goes away in the middle', () => {
  test.each(['exec', 'writeFiles', 'addLayer', 'replan', 'services'] as const)(
    '(at %s) is no error: the unit waits, and the next start heals it',
    async (call) => {
      const world = aFakeWorld();
      world.container.goesAwayAt = call;
      await runHook(world, pebbleReady);
      expect(world.juju.unitStatus).toEqual({
        status: 'waiting',
        message: expect.stringContaining('container'),
      });

      Object.assign(world.container, { reachable: true, goesAwayAt: undefined });
      await runHook(world, pebbleReady);
      expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
    },
  );
});

describe('the time of a dispatch', () => {
  test('ends with an error when the world never comes to rest', async () => {
    const world = await aSettledWorld();
    world.container.restless = true;
    const before = structuredClone(world.juju.relations);
    relateSender(world);
    await expect(runHook(world, updateStatus)).rejects.toThrow(
      /^cannot settle update-status: .* after 8 passes$/,
    );
    world.juju.relations.delete(7);
    expect(world.juju.relations).toEqual(before);
  });

  test('is not spent on a Mimir whose check is down already: Juju tells when it is up', async () => {
    const world = await aSettledWorld();
    Object.assign(world.container, { checkDown: true });
    world.container.program.readyAfterMs = Infinity;
    const before = world.clock.now();
    await runHook(world, updateStatus);
    expect(world.clock.now()).toBe(before);
    expect(world.juju.unitStatus.status).toBe('waiting');
  });

  test('is ten seconds at most for a Mimir whose check is still up', async () => {
    const world = await aSettledWorld();
    world.container.program.readyAfterMs = Infinity;
    const before = world.clock.now();
    await runHook(world, updateStatus);
    const spent = world.clock.now() - before;
    expect(spent).toBeGreaterThan(9_000);
    expect(spent).toBeLessThanOrEqual(10_200);
    expect(replans(world)).toBe(2);
  });

  test('is nothing for a hook that changes nothing: one replan, no write, and no line in the log', async () => {
    const world = await aSettledWorld();
    relateSender(world);
    await runHook(world, senderChanged);
    forget(world);
    const before = world.clock.now();
    await runHook(world, updateStatus);
    expect(world.container.calls).toEqual(['plan', 'readFiles', 'services', 'replan']);
    expect(world.juju.writes).toEqual([]);
    expect(world.mimir.calls).toEqual(['ruleGroups']);
    expect(world.clock.now()).toBe(before);
    expect(world.log).toEqual([]);
  });
});

describe('a unit that is being removed', () => {
  test('stops Mimir and lets go of nothing that the others share', async () => {
    const world = await aSettledWorld();
    relateSender(world);
    await runHook(world, senderChanged);
    world.juju.units.set(identity.unit, 'dying');
    forget(world);
    await runHook(world, {
      kind: 'storage-detaching',
      storageName: 'data',
      storageId: 'data/0',
      location: '/data',
    });
    await runHook(world, { kind: 'relation-broken', ...aboutSender, remoteUnit: undefined });
    await runHook(world, { kind: 'stop' });
    expect(service(world)).toBe('inactive');
    expect(world.mimir.calls).toEqual([]);
    expect(world.juju.writes).toEqual([]);
  });
});
