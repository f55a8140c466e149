type NoFacts = object;

/** Facts of a relation hook. */
export interface RelationFacts {
  /** The endpoint's name in the charm's metadata. */
  readonly endpoint: string;
  readonly relationId: number;
  /** Undefined where Juju leaves it empty, as it may in `relation-broken` after an agent restart. */
  readonly remoteApp: string | undefined;
  /** Undefined in created, broken, and changed for an application. */
  readonly remoteUnit: string | undefined;
}

/** Facts of a hook about a workload container. */
export interface ContainerFacts {
  readonly container: string;
}

/** Facts of a hook about a Pebble check. */
export interface CheckFacts extends ContainerFacts {
  readonly checkName: string;
}

/** Facts of a hook about a secret. */
export interface SecretFacts {
  /** Such as `secret:9m4e2mr0ui3e8a215n4g`. */
  readonly id: string;
  readonly label: string | undefined;
}

/** Facts of a hook about one revision of a secret. */
export interface SecretRevisionFacts extends SecretFacts {
  readonly revision: number;
}

/** Facts of a storage hook. */
export interface StorageFacts {
  /** The storage's name in the charm's metadata. */
  readonly storageName: string;
  /** Such as `data/0`; undefined, as the location, if the attachment is gone (Juju: contextfactory). */
  readonly storageId: string | undefined;
  readonly location: string | undefined;
}

/** Every kind of event of Juju 3, spelled as Juju spells it, with the facts that come with it. */
export interface EventFacts {
  install: NoFacts;
  start: NoFacts;
  stop: NoFacts;
  remove: NoFacts;
  'config-changed': NoFacts;
  'update-status': NoFacts;
  'upgrade-charm': NoFacts;
  'leader-elected': NoFacts;
  'leader-settings-changed': NoFacts;
  'pre-series-upgrade': NoFacts;
  'post-series-upgrade': NoFacts;
  'collect-metrics': NoFacts;
  'meter-status-changed': NoFacts;
  'relation-created': RelationFacts;
  'relation-joined': RelationFacts;
  'relation-changed': RelationFacts;
  /** `departingUnit` is the remote unit, or this very unit if it is the one that dies (Juju: relation/resolver.go). */
  'relation-departed': RelationFacts & { readonly departingUnit: string | undefined };
  'relation-broken': RelationFacts;
  'pebble-ready': ContainerFacts;
  'pebble-custom-notice': ContainerFacts & {
    readonly noticeId: string;
    readonly noticeType: string;
    readonly noticeKey: string;
  };
  'pebble-check-failed': CheckFacts;
  'pebble-check-recovered': CheckFacts;
  'secret-changed': SecretFacts;
  'secret-rotate': SecretFacts;
  'secret-expired': SecretRevisionFacts;
  'secret-remove': SecretRevisionFacts;
  'storage-attached': StorageFacts;
  'storage-detaching': StorageFacts;
  action: { readonly name: string; readonly id: string };
  /** A hook that this table does not know. */
  unknown: { readonly hookName: string };
}

/** The name of an event. */
export type EventKind = keyof EventFacts;

/** One kind of event with its facts; of several kinds, their union. */
export type EventOf<K extends EventKind> = { [P in K]: { readonly kind: P } & EventFacts[P] }[K];

/** Any event. */
export type Event = EventOf<EventKind>;
