import type { EventFacts, EventKind } from '../../juju/index.ts';
import { type Plan, untouched } from '../plan.ts';
import { reconcile } from '../reconcile.ts';
import { type Snapshot, versionIn } from '../snapshot.ts';
import { keyLabel } from '../unit-key.ts';

/** An event that is not an action. */
export type HookKind = Exclude<EventKind, 'action'>;

/** One kind of event with its facts. */
export type HookEventOf<K extends HookKind> = { readonly kind: K } & EventFacts[K];

/** Plans for one kind of event. */
export type Handler<K extends HookKind> = (event: HookEventOf<K>, snapshot: Snapshot) => Plan;

const reconciles = (_event: unknown, snapshot: Snapshot): Plan => reconcile(snapshot);

/** Says Mimir's version too. Only where the binary can be another one: Juju has no tool that reads the version back. */
const announces = (_event: unknown, snapshot: Snapshot): Plan => {
  return { ...reconcile(snapshot), version: versionIn(snapshot.workload) ?? 'unobserved' };
};

/**
 * A unit that is alive and stops will start again: Kubernetes sends Mimir its SIGTERM at this same moment, and
 * whatever was changed now would be changed in a container that is going away.
 */
const stops = (_event: unknown, snapshot: Snapshot): Plan =>
  snapshot.dying ? reconcile(snapshot) : untouched;

/**
 * Juju tells of a revision that has expired or that nobody reads any more, until its owner has removed it. That is not done
 * in the hook that sets another one: there Juju takes the newer of the two for a change of mind, and forgets the older
 * (Juju: uniter/runner/context/secrets.go).
 */
const forgets = (event: HookEventOf<'secret-expired' | 'secret-remove'>, snapshot: Snapshot): Plan => {
  const plan = reconcile(snapshot);
  const { id, label, revision } = event;
  return label === keyLabel && snapshot.unitKey !== undefined && !snapshot.requestExpired
    ? { ...plan, obsolete: { id, revision } }
    : plan;
};

/**
 * One row per kind of event; the compiler refuses a missing one. Actions plan nothing and have no row (actions/).
 */
export const handlers: { readonly [K in HookKind]: Handler<K> } = {
  install: reconciles,
  start: reconciles,
  stop: stops,
  remove: stops,
  'config-changed': reconciles,
  'update-status': reconciles,
  'upgrade-charm': announces,
  'leader-elected': reconciles,
  'leader-settings-changed': reconciles,
  'relation-created': reconciles,
  'relation-joined': reconciles,
  'relation-changed': reconciles,
  'relation-departed': reconciles,
  'relation-broken': reconciles,
  'pebble-ready': announces,
  'pebble-custom-notice': reconciles,
  'pebble-check-failed': reconciles,
  'pebble-check-recovered': reconciles,
  'secret-changed': reconciles,
  'secret-rotate': reconciles,
  'secret-expired': forgets,
  'secret-remove': forgets,
  'storage-attached': reconciles,
  'storage-detaching': reconciles,
  'pre-series-upgrade': reconciles,
  'post-series-upgrade': reconciles,
  'collect-metrics': () => untouched,
  'meter-status-changed': reconciles,
  unknown: reconciles,
};

/** Plans for an event by its row. */
export function planFor<K extends HookKind>(event: HookEventOf<K>, snapshot: Snapshot): Plan {
  return handlers[event.kind](event, snapshot);
}
