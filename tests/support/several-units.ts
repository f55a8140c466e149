import type { Effect } from '../../src/charm/effect.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import type { Databag } from '../../src/juju/index.ts';
import { aSnapshot, allRelations, aSender, identity, thePeers } from './builders.ts';
import { effectsOf, type PlannedEvent } from './effects.ts';
import { afterwards } from './modelled-world.ts';

/** The units of one application: what each sees, and the bags by which they speak. */
export interface SeveralUnits {
  snapshots: Map<string, Snapshot>;
  appBag: Databag;
}

const offer = {
  bucket: 'mimir',
  endpoint: 'http://minio:9000',
  'access-key': 'AKIA',
  'secret-key': 's3cr3t',
};

/** A relation to an object store that offers a bucket. */
export const aBucket = allRelations(
  aSender(40, { application: 's3-integrator', appBag: 'unobserved', remoteAppBag: offer }),
);

/** So many units with a bucket; the first leads. Nothing has run on any of them. */
export function severalUnits(count: number, changes: Partial<Snapshot> = {}): SeveralUnits {
  const model: SeveralUnits = { snapshots: new Map(), appBag: {} };
  scale(model, count, changes);
  return model;
}

/** Adds new units, or has the highest ordinals leave at once. */
export function scale({ snapshots }: SeveralUnits, count: number, changes: Partial<Snapshot> = {}): void {
  const names = Array.from(
    { length: Math.max(count, snapshots.size) },
    (_, ordinal) => `mimir-k8s/${ordinal}`,
  );
  for (const [ordinal, unit] of names.entries()) {
    const before =
      snapshots.get(unit) ??
      aSnapshot({ identity: { ...identity, unit }, leader: ordinal === 0, s3: aBucket, ...changes });
    snapshots.set(unit, { ...before, plannedUnits: count });
    if (ordinal >= count) snapshots.delete(unit);
  }
}

/** Runs an event on one unit to its end, as a dispatch does, and returns what was done. */
export function runOn(model: SeveralUnits, unit: string, event?: PlannedEvent): readonly Effect[] {
  const done: Effect[] = [];
  let snapshot: Snapshot = {
    ...seenBy(model, unit),
    flushed: false,
    peersDown: undefined,
    replanned: false,
  };
  for (let pass = 1; pass <= 7; pass += 1) {
    const effects = effectsOf(snapshot, event);
    const stop = effects.findIndex(({ kind }) => endsPass.has(kind));
    const carriedOut = stop < 0 ? effects : effects.slice(0, stop + 1);
    done.push(...carriedOut);
    const replanned = snapshot.replanned || carriedOut.some(({ kind }) => kind === 'replan');
    snapshot = { ...afterwards(snapshot, carriedOut), replanned };
    if (stop < 0) {
      if (snapshot.leader) model.appBag = snapshot.peers?.appBag ?? {};
      model.snapshots.set(unit, snapshot);
      return done;
    }
  }
  throw new Error(`cannot settle ${unit}`);
}

/** Tells whether Mimir was started, or started anew. */
export function starts(effects: readonly Effect[]): boolean {
  return effects.some(({ kind }) => kind === 'await-mimir');
}

const endsPass: ReadonlySet<Effect['kind']> = new Set([
  'request-certificate',
  'ask-peers',
  'flush',
  'await-mimir',
]);

/** What a unit sees when its event begins. */
export function seenBy({ snapshots, appBag }: SeveralUnits, unit: string): Snapshot {
  const own = snapshots.get(unit);
  if (own === undefined) throw new Error(`cannot run an event on ${unit}: there is no such unit`);
  const others = [...snapshots].filter(([name]) => name !== unit);
  const unitBags = new Map(others.map(([name, { peers }]) => [name, peers?.unitBag ?? {}] as const));
  const { unitBag = {} } = own.peers ?? {};
  return { ...own, peers: thePeers({ unitBag, appBag, unitBags }) };
}

/** Runs events on all units in turn until none of them has anything to do; returns what was done, by rounds. */
export function comeToRest(model: SeveralUnits): readonly (readonly [string, readonly Effect[]])[] {
  const all: (readonly [string, readonly Effect[]])[] = [];
  for (let round = 1; round <= 12; round += 1) {
    const done = [...model.snapshots.keys()].map((unit) => [unit, runOn(model, unit)] as const);
    all.push(...done);
    if (done.every(([, effects]) => effects.every(({ kind }) => kind === 'replan'))) return all;
  }
  throw new Error('cannot come to rest');
}
