import type { Environment } from './environment.ts';
import type {
  CheckFacts,
  Event,
  EventKind,
  RelationFacts,
  SecretFacts,
  SecretRevisionFacts,
  StorageFacts,
} from './event.ts';

/** A hook split in two (`db`, `relation-changed`), and where its facts are read from. */
interface Hook {
  readonly name: string;
  /** The endpoint, container or storage that the hook is named after; empty if after none. */
  readonly subject: string;
  readonly environment: Environment;
}

type Reader = (hook: Hook) => Event;

/**
 * Tells what Juju dispatched, by JUJU_DISPATCH_PATH: the hook's own name is empty in actions (Juju: contextfactory).
 * A hook that Juju 3 does not know is `unknown`.
 * @throws Error if nothing was dispatched, or if facts that belong to the event are missing.
 */
export function parseEvent(environment: Environment): Event {
  const { path, hookName } = environment.dispatch;
  const dispatched = path ?? (hookName === undefined ? undefined : `hooks/${hookName}`);
  if (dispatched === undefined) throw new Error('cannot tell the event: JUJU_DISPATCH_PATH is not set');
  const name = dispatched.slice(dispatched.lastIndexOf('/') + 1);
  return dispatched.startsWith('actions/') ? readAction(name, environment) : readHook(name, environment);
}

/** Kinds that have no facts. */
const plainKinds = [
  'install',
  'start',
  'stop',
  'remove',
  'config-changed',
  'update-status',
  'upgrade-charm',
  'leader-elected',
  'leader-settings-changed',
  'pre-series-upgrade',
  'post-series-upgrade',
  'collect-metrics',
  'meter-status-changed',
] as const;

type SecretKind = Extract<EventKind, `secret-${string}`>;
type SubjectKind = Exclude<EventKind, (typeof plainKinds)[number] | SecretKind | 'action' | 'unknown'>;

const secretReaders: Readonly<Record<SecretKind, Reader>> = {
  'secret-changed': (hook) => ({ kind: 'secret-changed', ...secretFacts(hook) }),
  'secret-rotate': (hook) => ({ kind: 'secret-rotate', ...secretFacts(hook) }),
  'secret-expired': (hook) => ({ kind: 'secret-expired', ...secretRevisionFacts(hook) }),
  'secret-remove': (hook) => ({ kind: 'secret-remove', ...secretRevisionFacts(hook) }),
};

const subjectReaders: Readonly<Record<SubjectKind, Reader>> = {
  'relation-created': (hook) => ({ kind: 'relation-created', ...relationFacts(hook) }),
  'relation-joined': (hook) => ({ kind: 'relation-joined', ...relationFacts(hook) }),
  'relation-changed': (hook) => ({ kind: 'relation-changed', ...relationFacts(hook) }),
  'relation-departed': (hook) => ({
    kind: 'relation-departed',
    ...relationFacts(hook),
    departingUnit: hook.environment.dispatch.relation?.departingUnit,
  }),
  'relation-broken': (hook) => ({ kind: 'relation-broken', ...relationFacts(hook) }),
  'pebble-ready': ({ subject }) => ({ kind: 'pebble-ready', container: subject }),
  'pebble-custom-notice': (hook) => {
    const { id, type, key } = present(hook, 'JUJU_NOTICE_ID', hook.environment.dispatch.notice);
    const notice = { noticeId: id, noticeType: type, noticeKey: key };
    return { kind: 'pebble-custom-notice', container: hook.subject, ...notice };
  },
  'pebble-check-failed': (hook) => ({ kind: 'pebble-check-failed', ...checkFacts(hook) }),
  'pebble-check-recovered': (hook) => ({ kind: 'pebble-check-recovered', ...checkFacts(hook) }),
  'storage-attached': (hook) => ({ kind: 'storage-attached', ...storageFacts(hook) }),
  'storage-detaching': (hook) => ({ kind: 'storage-detaching', ...storageFacts(hook) }),
};

/** The action `name` of a dispatch. */
function readAction(name: string, environment: Environment): Event {
  const id = present({ name, subject: '', environment }, 'JUJU_ACTION_UUID', environment.dispatch.actionId);
  return { kind: 'action', name, id };
}

/** The event of the hook `name`; `unknown` if no kind has that name. */
function readHook(name: string, environment: Environment): Event {
  const plain = plainKinds.find((kind) => kind === name);
  if (plain !== undefined) return { kind: plain };
  if (isKeyOf(secretReaders, name)) return secretReaders[name]({ name, subject: '', environment });
  // Greedy, because endpoints, containers and storages may have dashes and even the words of a kind in their names.
  const [, subject = '', kind = ''] = /^(.+)-((?:relation|pebble|storage)-.+)$/.exec(name) ?? [];
  if (isKeyOf(subjectReaders, kind)) return subjectReaders[kind]({ name, subject, environment });
  return { kind: 'unknown', hookName: name };
}

function relationFacts(hook: Hook): RelationFacts {
  const { id, remoteApp, remoteUnit } = present(hook, 'JUJU_RELATION_ID', hook.environment.dispatch.relation);
  return { endpoint: hook.subject, relationId: id, remoteApp, remoteUnit };
}

function checkFacts(hook: Hook): CheckFacts {
  const { checkName } = hook.environment.dispatch;
  return { container: hook.subject, checkName: present(hook, 'JUJU_PEBBLE_CHECK_NAME', checkName) };
}

function secretFacts(hook: Hook): SecretFacts {
  const { id, label } = present(hook, 'JUJU_SECRET_ID', hook.environment.dispatch.secret);
  return { id, label };
}

function secretRevisionFacts(hook: Hook): SecretRevisionFacts {
  const revision = present(hook, 'JUJU_SECRET_REVISION', hook.environment.dispatch.secret?.revision);
  return { ...secretFacts(hook), revision };
}

function storageFacts({ subject, environment }: Hook): StorageFacts {
  const { storage } = environment.dispatch;
  return { storageName: subject, storageId: storage?.id, location: storage?.location };
}

function present<T>(hook: Hook, variable: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`cannot read the facts of ${hook.name}: ${variable} is not set`);
  return value;
}

function isKeyOf<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}
