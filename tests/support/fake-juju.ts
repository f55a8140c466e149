import {
  createHookTools,
  type Databag,
  HookToolError,
  type HookTools,
  Redacted,
  type SecretContent,
  type SecretValues,
} from '../../src/juju/index.ts';
import type { StatusReport } from '../../src/juju/index.ts';
import { identity } from './builders.ts';

/** A relation as Juju holds it: the bags of both sides by the names of their owners. */
export interface FakeRelation {
  readonly endpoint: string;
  readonly application: string;
  readonly remoteUnits: readonly string[];
  readonly bags: Map<string, Databag>;
}

/** A secret as its owner has made it. */
export interface FakeSecret {
  readonly id: string;
  /** Texts of the revisions that were not removed, by their numbers. */
  readonly revisions: ReadonlyMap<number, SecretContent>;
  readonly expiresAt: Date | undefined;
}

/** What Juju knows of one unit's world. */
export interface FakeJuju {
  leader: boolean;
  readonly units: Map<string, string>;
  options: Readonly<Record<string, string | number | boolean>>;
  unitStatus: StatusReport;
  applicationStatus: StatusReport;
  openedPorts: readonly number[];
  relations: Map<number, FakeRelation>;
  /** Texts of the secrets that this application may read, by their URIs. */
  readonly secrets: Map<string, Databag>;
  /** Secrets of this unit's own, by their labels. */
  readonly ownSecrets: Map<string, FakeSecret>;
  secretsMade: number;
  version: string | undefined;
  /** Tools that were run and change something, with what they were about. */
  readonly writes: string[];
}

/** A lone leader with its peer relation, 0, and no other. */
export function aFakeJuju(): FakeJuju {
  return {
    leader: true,
    units: new Map([[identity.unit, 'active']]),
    options: { tsdb_block_retention_period: '24h', log_level: 'info' },
    unitStatus: { status: 'unknown', message: '' },
    applicationStatus: { status: 'unknown', message: '' },
    openedPorts: [],
    relations: new Map([[0, aFakeRelation('mimir-peers', identity.application)]]),
    secrets: new Map(),
    ownSecrets: new Map(),
    secretsMade: 0,
    version: undefined,
    writes: [],
  };
}

/** A relation whose other side has written `bags`. */
export function aFakeRelation(
  endpoint: string,
  application: string,
  bags: Readonly<Record<string, Databag>> = {},
): FakeRelation {
  const remoteUnits = Object.keys(bags).filter((owner) => owner.includes('/'));
  return { endpoint, application, remoteUnits, bags: new Map(Object.entries(bags)) };
}

/** One hook's tools, and what ends it: as in Juju, bags and ports are written only when the hook ends well. */
export interface FakeHook {
  readonly hookTools: HookTools;
  readonly commit: () => void;
}

/** Begins a hook. Tools that no hook of the charm needs fail. */
export function beginHook(juju: FakeJuju): FakeHook {
  const relations = structuredClone(juju.relations);
  const ports = new Set(juju.openedPorts);
  const changes: SecretChanges = new Map();
  const none = createHookTools({
    name: 'spawn',
    call: ({ tool }) => Promise.reject(new Error(`cannot run ${tool}: this Juju has no such tool`)),
    close: () => Promise.resolve(),
  });
  const hookTools: HookTools = {
    ...none,
    ...reads(juju, relations),
    ...statusTools(juju),
    ...secretTools(juju, changes),
    relationSet: (id, { scope, values }) => {
      juju.writes.push(`relation-set ${id} ${scope}`);
      if (scope === 'app' && !juju.leader) return Promise.reject(refused('relation-set'));
      write(relations.get(id), scope === 'app' ? identity.application : identity.unit, values);
      return Promise.resolve();
    },
    openPort: (port) => {
      juju.writes.push(`open-port ${port}`);
      ports.add(port);
      return Promise.resolve();
    },
    closePort: (port) => {
      juju.writes.push(`close-port ${port}`);
      ports.delete(port);
      return Promise.resolve();
    },
  };
  const commit = () => {
    juju.relations = relations;
    commitSecrets(juju, changes);
    juju.openedPorts = [...ports].sort((a, b) => a - b);
  };
  return { hookTools, commit };
}

type Reads = Pick<
  HookTools,
  | 'isLeader'
  | 'goalState'
  | 'configGet'
  | 'openedPorts'
  | 'relationIds'
  | 'relationApp'
  | 'relationUnits'
  | 'relationGet'
  | 'networkGet'
  | 'secretGet'
  | 'storageList'
  | 'storageGet'
>;

function reads(juju: FakeJuju, relations: FakeJuju['relations']): Reads {
  return {
    isLeader: () => Promise.resolve(juju.leader),
    goalState: () => {
      const units = [...juju.units].map(([name, status]) => [name, { status }] as const);
      return Promise.resolve({ units: Object.fromEntries(units), relations: {} });
    },
    storageList: () => Promise.resolve(['data/0']),
    storageGet: () => Promise.resolve({ kind: 'filesystem', location: '/var/lib/juju/storage/data/0' }),
    configGet: () => Promise.resolve(juju.options),
    openedPorts: () => Promise.resolve(juju.openedPorts),
    relationIds: (endpoint) => {
      const ids = [...relations].filter(([, relation]) => relation.endpoint === endpoint).map(([id]) => id);
      return Promise.resolve(ids.sort((a, b) => a - b));
    },
    networkGet: () =>
      Promise.resolve({ bindAddresses: ['10.1.0.3'], ingressAddresses: ['10.2.0.1'], egressSubnets: [] }),
    relationApp: (id) => Promise.resolve(relations.get(id)?.application),
    relationUnits: (id) => Promise.resolve(relations.get(id)?.remoteUnits ?? []),
    relationGet: (id, owner) => {
      const name = 'app' in owner ? owner.app : owner.unit;
      // Juju: only a leader reads its own application's bag, save among peers.
      const isPeers = relations.get(id)?.endpoint === 'mimir-peers';
      if (name === identity.application && !juju.leader && !isPeers) return Promise.resolve(undefined);
      const relation = relations.get(id);
      return Promise.resolve(relation && { ...relation.bags.get(name) });
    },
    secretGet: (query) => {
      // What was made in this hook is not there before its end.
      if (!('id' in query)) return Promise.resolve(latest(juju.ownSecrets.get(query.label)));
      const texts = juju.secrets.get(query.id);
      // The latest revision shows to those alone who ask to have it.
      if (texts === undefined || query.revision !== 'refresh') return Promise.resolve(undefined);
      const entries = Object.entries(texts).map(([key, text]) => [key, new Redacted(text)] as const);
      return Promise.resolve(Object.fromEntries(entries));
    },
  };
}

function latest(secret: FakeSecret | undefined): SecretContent | undefined {
  return secret?.revisions.get(Math.max(...secret.revisions.keys()));
}

/** What a hook has asked for of one secret: of setting and removing, the later takes back the earlier (Juju: context/secrets.go). */
interface SecretChange {
  readonly id: string;
  readonly values?: SecretContent | undefined;
  readonly expiry?: Date | undefined;
  /** Numbers of revisions. */
  readonly removed?: 'all' | readonly number[] | undefined;
}

/** Changes of a hook by the labels of the secrets. */
type SecretChanges = Map<string, SecretChange>;

function secretTools(
  juju: FakeJuju,
  changes: SecretChanges,
): Pick<HookTools, 'secretInfo' | 'secretAdd' | 'secretSet' | 'secretRemove'> {
  const find = (id: string) => {
    const found = [...juju.ownSecrets, ...changes].find(([, secret]) => secret.id === id)?.[0];
    if (found === undefined) throw refused('secret-set');
    return found;
  };
  return {
    secretInfo: (query) => {
      const label = 'label' in query ? query.label : find(query.id);
      const secret = juju.ownSecrets.get(label);
      if (secret === undefined || changes.get(label)?.removed !== undefined)
        return Promise.resolve(undefined);
      const { id, revisions, expiresAt } = secret;
      const revision = Math.max(...revisions.keys());
      const rest = { label, description: undefined, rotatesAt: undefined, access: [] };
      return Promise.resolve({ id, revision, owner: 'unit', rotation: 'never', expiresAt, ...rest });
    },
    secretAdd: ({ label = '', values, owner }) => {
      juju.writes.push(`secret-add ${label} ${owner}`);
      if (juju.ownSecrets.has(label)) return Promise.reject(refused('secret-add'));
      const id = `secret:${juju.secretsMade.toString().padStart(20, '0')}`;
      juju.secretsMade += 1;
      changes.set(label, { id, values: textsOf(values) });
      return Promise.resolve(id);
    },
    secretSet: (id, { values, expiry }) => {
      const label = find(id);
      juju.writes.push(`secret-set ${label}`);
      const before = changes.get(label);
      changes.set(label, {
        id,
        values: values === undefined ? before?.values : textsOf(values),
        expiry: expiry instanceof Date ? expiry : before?.expiry,
      });
      return Promise.resolve();
    },
    secretRemove: (id, revision) => {
      const label = find(id);
      juju.writes.push(`secret-remove ${label}${revision === undefined ? '' : ` ${revision}`}`);
      const { removed: before = [] } = changes.get(label) ?? {};
      const all = revision === undefined || before === 'all';
      changes.set(label, { id, removed: all ? 'all' : [...before, revision] });
      return Promise.resolve();
    },
  };
}

/** A secret goes with its last revision. */
function commitSecrets({ ownSecrets }: FakeJuju, changes: SecretChanges): void {
  for (const [label, { id, values, expiry, removed = [] }] of changes) {
    const before = ownSecrets.get(label) ?? {
      id,
      revisions: new Map<number, SecretContent>(),
      expiresAt: undefined,
    };
    const number = Math.max(0, ...before.revisions.keys()) + 1;
    const all = [...before.revisions, ...(values === undefined ? [] : [[number, values] as const])];
    const revisions = new Map(all.filter(([each]) => removed !== 'all' && !removed.includes(each)));
    // Juju: an expiry is one revision's.
    const expiresAt = expiry ?? (values === undefined ? before.expiresAt : undefined);
    if (revisions.size === 0) ownSecrets.delete(label);
    else ownSecrets.set(label, { id, revisions, expiresAt });
  }
}

function textsOf(values: SecretValues): SecretContent {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, new Redacted(value.reveal().toString())]),
  );
}

function statusTools(
  juju: FakeJuju,
): Pick<HookTools, 'statusGet' | 'statusSet' | 'applicationVersionSet' | 'jujuLog'> {
  return {
    statusGet: ({ application }) => Promise.resolve(application ? juju.applicationStatus : juju.unitStatus),
    statusSet: ({ status, message, application }) => {
      juju.writes.push(`status-set ${application ? 'application' : 'unit'}`);
      if (application && !juju.leader) return Promise.reject(refused('status-set'));
      if (application) juju.applicationStatus = { status, message };
      else juju.unitStatus = { status, message };
      return Promise.resolve();
    },
    applicationVersionSet: (version) => {
      juju.writes.push('application-version-set');
      juju.version = version;
      return Promise.resolve();
    },
    jujuLog: () => Promise.resolve(),
  };
}

function write(relation: FakeRelation | undefined, owner: string, values: Databag): void {
  if (relation === undefined) throw refused('relation-set');
  const entries = Object.entries({ ...relation.bags.get(owner), ...values });
  relation.bags.set(owner, Object.fromEntries(entries.filter(([, value]) => value !== '')));
}

function refused(tool: string): HookToolError {
  return new HookToolError({ tool, args: [], code: 1, stderr: 'ERROR permission denied' });
}
