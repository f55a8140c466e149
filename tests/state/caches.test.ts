import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { cachesIn } from '../../src/mimir/config/caches.ts';
import { paths } from '../../src/mimir/paths.ts';
import {
  allRelations,
  anAlertmanager,
  aRunningSnapshot,
  aSnapshot,
  type Container,
} from '../support/builders.ts';
import { effectsOf, ofKind, pushedIn, unitStatusIn } from '../support/effects.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { aSettledWorld, forget, fullNames, runHook } from '../support/fake-ports.ts';

const bag = (host: string, port = '11211') => ({ host, port, 'udp-port': '0' });
const memcached = (bags: Parameters<typeof anAlertmanager>[1], id = 9) => anAlertmanager(id, bags);
const all = ['mc-0', 'mc-1', 'mc-2', 'mc-9'];
/** Of all names, these do not resolve. */
const unresolved = (...names: readonly string[]) => ({
  fullNames: fullNames(all.filter((name) => !names.includes(name))),
});
const everyName = unresolved();
const inUse = (name: string, port = '11211') => `dns+${name}.cos.svc.cluster.local:${port}`;
const pushedCaches = (snapshot: Snapshot) => {
  const config = pushedIn(effectsOf(snapshot)).get(paths.config);
  return config === undefined ? undefined : cachesIn(config);
};

function changed(snapshot: Snapshot, changes: Partial<Container>): Snapshot {
  const { workload } = snapshot;
  if (!workload.reachable) throw new Error('the container is away');
  return { ...snapshot, workload: { ...workload, ...changes } };
}

describe('memcacheds', () => {
  test('of all units of all relations, and of the option, are used', () => {
    const caches = allRelations(
      memcached({ 'memcached/1': bag('10.1.0.8'), 'memcached/0': bag('10.1.0.7') }),
      memcached({ 'other/0': bag('mc-0', '12111'), 'other/1': {} }, 7),
    );
    const options = { memcached_addresses: 'mc-9:11211, 10.1.0.7:11211' };
    const found = ['10.1.0.7:11211', '10.1.0.8:11211', inUse('mc-0', '12111'), inUse('mc-9')];
    expect(pushedCaches(aSnapshot({ caches, options, ...everyName }))).toEqual(found);
  });

  test('whose order or place changes restart nothing', () => {
    const units = { 'memcached/0': bag('10.1.0.7'), 'memcached/1': bag('10.1.0.8') };
    const running = aRunningSnapshot({ caches: allRelations(memcached(units)) });
    const turned = Object.fromEntries(Object.entries(units).toReversed());
    const moved = { ...running, caches: allRelations(memcached({}, 3), memcached(turned, 12)) };
    expect(pushedIn(effectsOf(moved)).size).toBe(0);
    const options = { memcached_addresses: '10.1.0.8:11211,10.1.0.7:11211' };
    expect(pushedIn(effectsOf({ ...running, caches: allRelations(), options })).size).toBe(0);
  });

  test('that are gone are left out, and with the last of them all of it', () => {
    const running = aRunningSnapshot({ caches: allRelations(memcached({ 'memcached/0': bag('10.1.0.7') })) });
    const config = pushedIn(effectsOf({ ...running, caches: allRelations() })).get(paths.config);
    expect(config).not.toMatch(/cache/);
  });

  test('that tell what cannot be used are left out with a word, and the others are used', () => {
    const caches = allRelations(
      memcached({
        'memcached/0': bag('a,b'),
        'memcached/1': bag('10.1.0.8', '-1'),
        'memcached/2': bag('mc-2'),
      }),
    );
    expect(pushedCaches(aSnapshot({ caches, ...everyName }))).toEqual([inUse('mc-2')]);
    expect(unitStatusIn(effectsOf(aRunningSnapshot({ caches, ...everyName })))).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[memcached:9\] memcached\/0 caches nothing.* \(and 1 more/),
    });
  });

  test('of an option that cannot be read are Blocked with words, and what is in force stays', () => {
    const running = aRunningSnapshot({ options: { memcached_addresses: '10.1.0.7:11211' } });
    const effects = effectsOf({ ...running, options: { memcached_addresses: '10.1.0.7' } });
    expect(pushedIn(effects).size).toBe(0);
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(/^\[memcached_addresses\] "10\.1\.0\.7" is not a host and port; write/),
    });
  });
});

describe('a name that does not resolve', () => {
  const options = { memcached_addresses: 'mc-0:11211,mc-1:11211' };
  const running = aRunningSnapshot({ options, ...everyName });

  test('is left out with a word, and the rest is used', () => {
    const snapshot = aSnapshot({ options, ...unresolved('mc-1') });
    expect(pushedCaches(snapshot)).toEqual([inUse('mc-0')]);
    expect(unitStatusIn(effectsOf(aRunningSnapshot({ options, ...unresolved('mc-1') })))).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[memcached_addresses\] mc-1 does not resolve/),
    });
  });

  test('of none that does leaves Mimir without caches: it would exit at its start', () => {
    const snapshot = aSnapshot({ options, ...unresolved('mc-0', 'mc-1') });
    expect(pushedIn(effectsOf(snapshot)).get(paths.config)).not.toMatch(/cache/);
  });

  test('is taken in once it does', () => {
    const without = aRunningSnapshot({ options, ...unresolved('mc-0', 'mc-1') });
    expect(pushedCaches({ ...without, ...unresolved() })).toEqual([inUse('mc-0'), inUse('mc-1')]);
  });

  test.each([['mc-1'], ['mc-0', 'mc-1']])('any more (%s) restarts no Mimir that runs with it', (...names) => {
    const effects = effectsOf({ ...running, ...unresolved(...names) });
    expect(pushedIn(effects).size).toBe(0);
    expect(ofKind(effects, 'add-layer')).toEqual([]);
    expect(unitStatusIn(effects)?.message).toMatch(/^\[memcached_addresses\] mc-/);
  });

  test('any more, of several, stays when Mimir restarts for another reason: the rest is enough for its start', () => {
    const restarted = { ...running, options: { ...options, log_level: 'debug' }, ...unresolved('mc-1') };
    expect(pushedCaches(restarted)).toEqual([inUse('mc-0'), inUse('mc-1')]);
  });

  test('any more, with none that does, goes when Mimir restarts for another reason', () => {
    const lost = { ...running, options: { ...options, log_level: 'debug' }, ...unresolved('mc-0', 'mc-1') };
    expect(pushedCaches(lost)).toEqual([]);
  });

  test.each(['inactive', 'backoff', 'error'])('any more goes when Mimir does not run (%s)', (service) => {
    const down = changed({ ...running, ...unresolved('mc-0', 'mc-1') }, { service, ready: false });
    expect(pushedCaches(down)).toEqual([]);
  });

  test('any more goes from the last good configuration too, if Mimir has to start with that', () => {
    const bad = { ...running, options: { ...options, log_level: 'loud' }, ...unresolved('mc-0', 'mc-1') };
    expect(pushedIn(effectsOf(bad)).size).toBe(0);
    const down = changed(bad, { service: 'backoff', ready: false });
    expect(pushedCaches(down)).toEqual([]);
    expect(pushedIn(effectsOf(down)).get(paths.config)).toContain('log_level: info');
  });

  test('and went from there is not taken back before it resolves', () => {
    const bad = { ...running, options: { ...options, log_level: 'loud' }, ...unresolved('mc-0', 'mc-1') };
    const stripped = pushedIn(effectsOf(changed(bad, { service: 'backoff', ready: false }))).get(
      paths.config,
    );
    const { workload } = running;
    const files = new Map([...(workload.reachable ? workload.files : []), [paths.config, stripped]]);
    expect(pushedCaches(changed(bad, { files }))).toBeUndefined();
  });
});

describe('in a dispatch', () => {
  test('names of the option and of relations are looked up', async () => {
    const world = await aSettledWorld();
    const bags = { 'memcached/0': bag('mc-0'), 'memcached/1': bag('10.1.0.8') };
    world.juju.relations.set(9, aFakeRelation('memcached', 'memcached', bags));
    world.juju.options = { memcached_addresses: 'mc-7:11211' };
    world.unknownNames.add('mc-0').add('10.1.0.8');
    await runHook(world, { kind: 'config-changed' });
    expect(cachesIn(world.container.files.get(paths.config) ?? '')).toEqual([
      '10.1.0.8:11211',
      inUse('mc-7'),
    ]);
    expect(world.juju.unitStatus).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[memcached:9\] mc-0 does not resolve/),
    });
  });

  test('a relation that breaks takes its memcacheds along, though Juju still lists it', async () => {
    const world = await aSettledWorld();
    const relation = aFakeRelation('memcached', 'memcached', { 'memcached/0': bag('10.1.0.7') });
    world.juju.relations.set(9, relation);
    const about = { endpoint: 'memcached', relationId: 9, remoteApp: 'memcached' };
    await runHook(world, { kind: 'relation-changed', ...about, remoteUnit: 'memcached/0' });
    expect(world.container.started?.config).toContain('10.1.0.7:11211');
    await runHook(world, { kind: 'relation-broken', ...about, remoteUnit: undefined });
    expect(world.container.started?.config).not.toContain('10.1.0.7');
  });

  test('a name server that is away for a moment restarts nothing', async () => {
    const world = await aSettledWorld();
    world.juju.options = { memcached_addresses: 'mc-0:11211' };
    await runHook(world, { kind: 'config-changed' });
    forget(world);
    const at = world.container.started?.at;
    world.unknownNames.add('mc-0');
    await runHook(world, { kind: 'update-status' });
    expect(world.container.started?.at).toBe(at);
    expect(world.container.calls).not.toContain('writeFiles');
  });
});
