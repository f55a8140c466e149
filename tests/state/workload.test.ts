import { describe, expect, test } from 'vitest';
import { diff } from '../../src/charm/diff.ts';
import type { Effect } from '../../src/charm/effect.ts';
import { planFor } from '../../src/charm/handlers/index.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { paths } from '../../src/mimir/paths.ts';
import {
  anEmptyContainer,
  aPlan,
  aRunningSnapshot,
  aSnapshot,
  asPlanned,
  thePeers,
} from '../support/builders.ts';

const configChanged = { kind: 'config-changed' } as const;

function effectsOf(
  snapshot: Snapshot,
  event: Parameters<typeof planFor>[0] = configChanged,
): readonly Effect[] {
  return diff(snapshot, planFor(event, snapshot), { await: true });
}

const kinds = (effects: readonly Effect[]) => effects.map(({ kind }) => kind);

function statusIn(effects: readonly Effect[]) {
  return effects.find((effect) => effect.kind === 'set-status' && !effect.application);
}

function pushedIn(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'push-files' ? effect.files.map(({ path }) => path) : [],
  );
}

describe('a container that has just come up', () => {
  test('gets a validated configuration, the layer and a replan, and Mimir is waited for', () => {
    const effects = effectsOf(aSnapshot(), { kind: 'pebble-ready', container: 'mimir' });
    expect(kinds(effects).slice(0, 5)).toEqual([
      'validate-config',
      'push-files',
      'add-layer',
      'replan',
      'await-mimir',
    ]);
    expect(pushedIn(effects).toSorted()).toEqual(
      [paths.alertmanagerFallback, paths.limits, paths.config].toSorted(),
    );
  });

  test('is waited for, while it cannot be reached', () => {
    const workload = { reachable: false, reason: 'cannot read: no socket' } as const;
    const effects = effectsOf(aSnapshot({ workload }));
    expect(kinds(effects)).toEqual([
      'relation-set',
      'open-port',
      'open-port',
      'open-port',
      'set-status',
      'set-status',
    ]);
    expect(statusIn(effects)).toMatchObject({
      status: 'waiting',
      message: expect.stringContaining('container'),
    });
  });

  test('tells Mimir version to Juju on pebble-ready, and not on update-status', () => {
    expect(kinds(effectsOf(aSnapshot(), { kind: 'pebble-ready', container: 'mimir' }))).toContain(
      'set-version',
    );
    expect(kinds(effectsOf(aSnapshot(), { kind: 'update-status' }))).not.toContain('set-version');
  });
});

describe('a Mimir that runs as planned', () => {
  const running = aRunningSnapshot({
    unitStatus: { status: 'active', message: '' },
    applicationStatus: { status: 'active', message: '' },
    openedPorts: [9009, 9095, 7946],
    peers: thePeers({
      unitBag: {
        hostname: 'mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local',
        up: 'true',
        replication_factor: '1',
      },
    }),
  });

  test.each([
    { kind: 'config-changed' },
    { kind: 'update-status' },
    { kind: 'leader-elected' },
    { kind: 'start' },
    { kind: 'unknown', hookName: 'no-such-hook' },
    { kind: 'secret-changed', id: 'secret:9m4e2mr0ui3e8a215n4g', label: undefined },
  ] as const)('is left alone on $kind: one replan, and nothing else', (event) => {
    expect(kinds(effectsOf(running, event))).toEqual(['replan']);
  });

  test('is not stopped by the stop of a unit that will start again', () => {
    expect(effectsOf(running, { kind: 'stop' })).toEqual([]);
  });

  test('stops, and is not started again, when its unit is removed', () => {
    const effects = effectsOf({ ...running, dying: true }, { kind: 'stop' });
    expect(kinds(effects)).toEqual(['add-layer', 'stop-service']);
    const [layer] = effects.filter((effect) => effect.kind === 'add-layer');
    expect(layer?.layer.services?.['mimir']?.startup).toBe('disabled');
  });

  test('that crashes is replanned and waited for', () => {
    const workload = { ...asPlanned(running), service: 'backoff', ready: false, lastWords: 'disk full' };
    const effects = effectsOf({ ...running, workload });
    expect(kinds(effects)).toEqual(['replan', 'await-mimir', 'relation-set', 'set-status', 'set-status']);
    expect(effects).toContainEqual({
      kind: 'relation-set',
      relationId: 0,
      scope: 'unit',
      values: { up: '' },
    });
    expect(statusIn(effects)).toMatchObject({
      status: 'blocked',
      message: expect.stringContaining('disk full'),
    });
  });
});

describe('the option tsdb_block_retention_period', () => {
  const running = aRunningSnapshot();

  test.each(['1h', '2h', 'soon', '', '-3h'])('%j is Blocked with words, and Mimir is left alone', (value) => {
    const effects = effectsOf({ ...running, options: { tsdb_block_retention_period: value } });
    expect(kinds(effects)).not.toContain('push-files');
    expect(kinds(effects)).not.toContain('add-layer');
    expect(kinds(effects)).not.toContain('stop-service');
    const message = expect.stringMatching(/^\[tsdb_block_retention_period\] .*24h/);
    expect(statusIn(effects)).toMatchObject({ status: 'blocked', message });
  });

  test('a new value is validated, pushed, and restarts Mimir by a new hash in the layer', () => {
    const effects = effectsOf({ ...running, options: { tsdb_block_retention_period: '3d' } });
    expect(kinds(effects).slice(0, 5)).toEqual([
      'validate-config',
      'push-files',
      'add-layer',
      'replan',
      'await-mimir',
    ]);
    expect(pushedIn(effects)).toEqual([paths.config]);
  });

  test('that is bad in a fresh container starts the last good configuration', () => {
    const workload = anEmptyContainer({ files: new Map([[paths.lastGood.config, 'target: all\n']]) });
    const effects = effectsOf(aSnapshot({ workload, options: { tsdb_block_retention_period: '1h' } }));
    const pushed = effects.flatMap((effect) => (effect.kind === 'push-files' ? effect.files : []));
    expect(pushed.find(({ path }) => path === paths.config)?.content).toBe('target: all\n');
    expect(kinds(effects)).not.toContain('validate-config');
    expect(kinds(effects)).toContain('await-mimir');
    expect(statusIn(effects)).toMatchObject({ status: 'blocked' });
  });

  test('that is bad from the first start on starts nothing', () => {
    const effects = effectsOf(aSnapshot({ options: { tsdb_block_retention_period: '1h' } }));
    expect(kinds(effects)).not.toContain('await-mimir');
    const [layer] = effects.filter((effect) => effect.kind === 'add-layer');
    expect(layer?.layer.services?.['mimir']?.startup).toBe('disabled');
  });
});

describe('a configuration that Mimir refused', () => {
  const running = aRunningSnapshot();
  const asked = { ...running, options: { tsdb_block_retention_period: '3d' } };
  const refusedHash = () => {
    const [layer] = effectsOf(asked).filter((effect) => effect.kind === 'add-layer');
    return layer?.layer.services?.['mimir']?.environment?.['MIMIR_K8S_CONFIG_HASH'] ?? '';
  };
  const rejection = { hash: refusedHash(), by: 'mimir' as const, reason: 'field x not found' };

  test('is not tried again; the last good one runs on and the status has Mimir words', () => {
    const effects = effectsOf({ ...asked, workload: { ...asPlanned(running), rejection } });
    expect(kinds(effects)).toEqual([
      'replan',
      'relation-set',
      'open-port',
      'open-port',
      'open-port',
      'set-status',
      'set-status',
    ]);
    expect(statusIn(effects)).toMatchObject({
      status: 'blocked',
      message: expect.stringContaining('field x not found'),
    });
  });

  test('that was running already is replaced by the last good one', () => {
    const files = new Map([
      ...asPlanned(running).files,
      [paths.config, 'the refused text'],
      [paths.lastGood.rejection, JSON.stringify(rejection)],
    ]);
    const workload = anEmptyContainer({ files, plan: aPlan(rejection.hash), service: 'backoff', rejection });
    const effects = effectsOf({ ...asked, workload });
    expect(kinds(effects).slice(0, 4)).toEqual(['push-files', 'add-layer', 'replan', 'await-mimir']);
    expect(kinds(effects)).not.toContain('validate-config');
  });

  test('is forgotten when another configuration is asked for', () => {
    const files = new Map([
      ...asPlanned(running).files,
      [paths.lastGood.rejection, JSON.stringify(rejection)],
    ]);
    const effects = effectsOf({ ...running, workload: { ...asPlanned(running), files, rejection } });
    expect(effects).toContainEqual({ kind: 'remove-file', path: paths.lastGood.rejection });
  });
});

describe('two planned units without object storage', () => {
  const words = expect.stringContaining('Replication requires object storage');

  test('block the first unit, whose Mimir runs on untouched', () => {
    const effects = effectsOf({ ...aRunningSnapshot(), plannedUnits: 2 });
    expect(kinds(effects)).not.toContain('add-layer');
    expect(kinds(effects)).not.toContain('stop-service');
    expect(statusIn(effects)).toMatchObject({ status: 'blocked', message: words });
  });

  test('block the second unit, whose Mimir does not start', () => {
    const identity = { ...aSnapshot().identity, unit: 'mimir-k8s/1' };
    const effects = effectsOf(aSnapshot({ identity, leader: false, plannedUnits: 2 }));
    const [layer] = effects.filter((effect) => effect.kind === 'add-layer');
    expect(layer?.layer.services?.['mimir']?.startup).toBe('disabled');
    expect(layer?.layer.checks?.['mimir-ready']?.level).toBe('ready');
    expect(statusIn(effects)).toMatchObject({ status: 'blocked', message: words });
  });
});
