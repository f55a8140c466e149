import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diff } from '../../../src/charm/diff.ts';
import { describeEffect, type Effect } from '../../../src/charm/effect.ts';
import { reconcile } from '../../../src/charm/reconcile.ts';
import {
  type EndpointSnapshot,
  type Known,
  type Snapshot,
  writableEndpoints,
} from '../../../src/charm/snapshot.ts';
import { ruleSources } from '../../../src/charm/rule-sources.ts';
import { isOurs } from '../../../src/mimir/namespaces.ts';
import { bucketKeys } from '../../support/arbitrary-endpoints.ts';
import { anySnapshot } from '../../support/arbitrary-snapshot.ts';
import { asPlanned, aSnapshot } from '../../support/builders.ts';
import { kinds, ofKind } from '../../support/effects.ts';
import { afterwards } from '../../support/modelled-world.ts';

const runs = { numRuns: 250, seed: 20260423 };
const effectsFor = (snapshot: Snapshot) => diff(snapshot, reconcile(snapshot), { await: true });

function holds(property: (snapshot: Snapshot) => void): void {
  fc.assert(fc.property(anySnapshot, property), runs);
}

const bagsOf = (snapshot: Snapshot) => [
  ...(snapshot.peers === undefined ? [] : [snapshot.peers]),
  ...writableEndpoints(snapshot).flatMap(({ relations }) => relations),
];

describe('a plan that is carried out', () => {
  test('leaves nothing to do but the standing replan', () => {
    holds((snapshot) => {
      const plan = reconcile(snapshot);
      const world = afterwards(snapshot, diff(snapshot, plan, { await: true }));
      const left = kinds(diff(world, plan, { await: true }));
      const runs = snapshot.workload.reachable && plan.workload !== 'unobserved' && plan.workload.run;
      expect(left).toEqual(runs ? ['replan'] : []);
    });
  });

  test('and made anew comes to rest within the passes of one dispatch', () => {
    holds((snapshot) => {
      let world = snapshot;
      for (let pass = 1; pass <= 4; pass += 1) {
        world = { ...afterwards(world, effectsFor(world)), replanned: true };
      }
      expect(kinds(effectsFor(world)).filter((kind) => kind !== 'replan')).toEqual([]);
    });
  });

  test("keeps strangers' keys, files, services, namespaces and groups", () => {
    holds((snapshot) => {
      const world = afterwards(snapshot, effectsFor(snapshot));
      expect(strangersIn(world)).toEqual(strangersIn(snapshot));
    });
  });
});

function strangersIn(snapshot: Snapshot): unknown {
  const { workload, ruler } = snapshot;
  const stranger = ({ stranger: key, 'ingress-address': address }: Readonly<Record<string, string>>) => ({
    key,
    address,
  });
  return {
    bags: bagsOf(snapshot).map(({ unitBag, appBag }) => [
      stranger(unitBag),
      appBag === 'unobserved' ? appBag : stranger(appBag),
    ]),
    namespaces: ruler === 'unobserved' ? ruler : [...ruler].filter(([namespace]) => !isOurs(namespace)),
    service: workload.reachable && workload.plan.services['other'],
    check: workload.reachable && workload.plan.checks['own'],
    file: workload.reachable && workload.files.get('/etc/passwd'),
  };
}

describe('what was not observed', () => {
  const reached: readonly Effect['kind'][] = [
    'validate-config',
    'push-files',
    'remove-file',
    'add-layer',
    'stop-service',
    'replan',
    'await-mimir',
  ];

  test('of the container is not touched', () => {
    holds((snapshot) => {
      const workload = { reachable: false, reason: 'no socket' } as const;
      const done = kinds(effectsFor({ ...snapshot, workload }));
      expect(done.filter((kind) => reached.includes(kind))).toEqual([]);
    });
  });

  test('of the ruler is not touched, nor are namespaces of relations that were not read', () => {
    holds((snapshot) => {
      const { ruler } = snapshot;
      const senders = ruleSources(snapshot);
      const touched = effectsFor(snapshot).flatMap((effect) =>
        'namespace' in effect ? [effect.namespace] : [],
      );
      if (senders === 'unobserved' || ruler === 'unobserved') expect(touched).toEqual([]);
      else {
        const unread = senders.relations.filter(({ remoteAppBag }) => remoteAppBag === 'unobserved');
        for (const { id } of unread) expect(touched).not.toContain(`juju-relation-${id}`);
        if (senders.scope !== 'all') {
          const decided = senders.scope.map((id) => `juju-relation-${id}`);
          expect(touched.filter((namespace) => !decided.includes(namespace))).toEqual([]);
        }
      }
    });
  });

  test("of the Alertmanager's configuration, of bags and of the status is not touched", () => {
    holds((snapshot) => {
      const effects = effectsFor(snapshot);
      if (snapshot.alertmanagerConfig === 'unobserved') {
        const given = ['set-alertmanager-config', 'delete-alertmanager-config'];
        expect(kinds(effects).filter((kind) => given.includes(kind))).toEqual([]);
      }
      const readable = new Map(bagsOf(snapshot).map(({ id, appBag }) => [id, appBag !== 'unobserved']));
      for (const { relationId, scope } of ofKind(effects, 'relation-set')) {
        expect(readable.has(relationId)).toBe(true);
        if (scope === 'app') expect(readable.get(relationId)).toBe(true);
      }
      if (snapshot.applicationStatus === 'unobserved') {
        expect(ofKind(effects, 'set-status').filter(({ application }) => application)).toEqual([]);
      }
    });
  });

  test('by a unit that does not lead is left to the leader', () => {
    holds((snapshot) => {
      if (snapshot.leader) return;
      const effects = effectsFor(snapshot);
      expect(ofKind(effects, 'relation-set').filter(({ scope }) => scope === 'app')).toEqual([]);
      expect(kinds(effects).filter((kind) => /rule|namespace|alertmanager/.test(kind))).toEqual([]);
    });
  });
});

describe('the order in which things are listed', () => {
  /** Effects of several relations may come in any order among themselves; each must be the same to the byte. */
  const bytes = (snapshot: Snapshot) =>
    effectsFor(snapshot)
      .map((effect) => JSON.stringify(effect))
      .toSorted();

  test('changes no byte of any file, databag, rule or status', () => {
    fc.assert(
      fc.property(anySnapshot, fc.infiniteStream(fc.nat()), (snapshot, stream) => {
        const shuffled = (list: readonly unknown[]) => stream.take(list.length);
        expect(bytes(reordered(snapshot, (list) => shuffle(list, shuffled(list))))).toEqual(bytes(snapshot));
      }),
      runs,
    );
  });
});

type Shuffle = <T>(list: readonly T[]) => readonly T[];

function shuffle<T>(list: readonly T[], keys: Iterable<number>): readonly T[] {
  const weights = [...keys];
  return list
    .map((item, index) => ({ item, weight: weights[index] ?? 0 }))
    .toSorted((a, b) => a.weight - b.weight)
    .map(({ item }) => item);
}

function reordered(snapshot: Snapshot, mix: Shuffle): Snapshot {
  const {
    senders,
    otlpSenders,
    grafanas,
    datasourcePeers,
    alertmanagers,
    ruler,
    workload,
    openedPorts,
    options,
  } = snapshot;
  const bags = <T>(map: ReadonlyMap<string, T>) => new Map(mix([...map]));
  const endpoint = (found: Known<EndpointSnapshot>): Known<EndpointSnapshot> =>
    found === 'unobserved' ? found : { ...found, relations: mix(found.relations) };
  return {
    ...snapshot,
    options: Object.fromEntries(mix(Object.entries(options))),
    openedPorts: mix(openedPorts),
    senders: endpoint(senders),
    otlpSenders: endpoint(otlpSenders),
    grafanas: endpoint(grafanas),
    datasourcePeers: endpoint(datasourcePeers),
    // relation-ids are sorted (src/juju); the units of a relation come as Juju lists them.
    alertmanagers: {
      ...alertmanagers,
      relations: alertmanagers.relations.map((relation) => ({
        ...relation,
        remoteUnitBags: bags(relation.remoteUnitBags),
      })),
    },
    ruler:
      ruler === 'unobserved' ? ruler : new Map(mix([...ruler].map(([name, groups]) => [name, mix(groups)]))),
    workload: workload.reachable ? { ...workload, files: bags(workload.files) } : workload,
  };
}

describe('the text of alertmanager_config, which holds passwords', () => {
  const secret = 'correct-horse-battery';
  const texts = [
    `route: {receiver: x}\nreceivers: [{name: x, slack_configs: [{api_url: ${secret}}]}]\n`,
    secret,
    `- ${secret}`,
    `password: "${secret}`,
    `password: ${secret}: x`,
    `password: {${secret}]`,
    `password: |${secret}`,
    `password: ${secret}\npassword: ${secret}`,
    `password:\n\t${secret}`,
    `password: "\\${secret}"`,
    `password: ${secret}\u0000`,
    `password: *${secret}`,
    `password: !${secret} x`,
    `!${secret}!x y`,
    `!<${secret} x> y`,
    `# ${secret}\n${'x'.repeat(1_048_576)}`,
  ];

  test('reaches Mimir alone: no status, no log line and no databag', () => {
    const option = fc.constantFrom(...texts);
    const anywhere = fc.record({
      alertmanager_config: option,
      alertmanager_template: fc.constantFrom('', secret),
    });
    fc.assert(
      fc.property(anySnapshot, anywhere, (snapshot, options) => {
        const effects = effectsFor({ ...snapshot, options });
        const shown = effects.map(describeEffect);
        const published = [...ofKind(effects, 'set-status'), ...ofKind(effects, 'relation-set')];
        expect(JSON.stringify([shown, published])).not.toContain(secret);
        const files = ofKind(effects, 'push-files').flatMap((effect) => effect.files);
        expect(JSON.stringify(files)).not.toContain(secret);
        expect(JSON.stringify(ofKind(effects, 'add-layer'))).not.toContain(secret);
      }),
      runs,
    );
  });

  test('of a bucket reaches the configuration file alone, which no other user can read', () => {
    holds((snapshot) => {
      const effects = effectsFor(snapshot);
      const files = ofKind(effects, 'push-files').flatMap((effect) => effect.files);
      const open = files.filter(({ permissions }) => permissions !== '600');
      const others = effects.filter(({ kind }) => kind !== 'push-files' && kind !== 'validate-config');
      const shown = JSON.stringify([open, others, effects.map(describeEffect)]);
      expect(shown).not.toContain(bucketKeys.accessKey);
      expect(shown).not.toContain(bucketKeys.secretKey);
    });
  });

  test('is noted as a hash, which says nothing of it', () => {
    const [alertmanager_config = ''] = texts;
    const snapshot = aSnapshot({ options: { alertmanager_config }, alertmanagerConfig: undefined });
    const effects = effectsFor({ ...snapshot, workload: asPlanned(snapshot) });
    const notes = ofKind(effects, 'relation-set').find(({ scope }) => scope === 'app');
    expect(notes?.values['alertmanager_config']).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('hostile databags and options', () => {
  test('are planned for without an error', () => {
    holds((snapshot) => {
      expect(() => effectsFor(snapshot)).not.toThrow();
    });
  });
});
