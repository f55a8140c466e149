/** Where the unit agent answers hook tools (Juju: JUJU_AGENT_SOCKET_NETWORK and _ADDRESS). */
export interface AgentSocketAddress {
  /** `unix`; `tcp` only for the pod-spec charms of Juju 2.9 and 3. */
  readonly network: string;
  /** A path, or an abstract name that begins with `@`. */
  readonly address: string;
}

/** The relation of a relation hook. */
export interface RelationVariables {
  readonly id: number;
  /** Undefined where Juju leaves it empty, as it may in `broken` after an agent restart (Juju: statetracker). */
  readonly remoteApp: string | undefined;
  /** Undefined in created, broken, and changed for an application. */
  readonly remoteUnit: string | undefined;
  readonly departingUnit: string | undefined;
}

/** What was dispatched, and the facts that came with it. Juju exports some as empty, which counts as absent. */
export interface DispatchVariables {
  /** `hooks/<hook>` or `actions/<action>`; absent in `juju exec`. */
  readonly path: string | undefined;
  readonly hookName: string | undefined;
  readonly relation: RelationVariables | undefined;
  readonly notice: { readonly id: string; readonly type: string; readonly key: string } | undefined;
  readonly checkName: string | undefined;
  readonly secret:
    | { readonly id: string; readonly label: string | undefined; readonly revision: number | undefined }
    | undefined;
  /** Undefined if the attachment is gone or not provisioned (Juju: contextfactory). */
  readonly storage: { readonly id: string; readonly location: string | undefined } | undefined;
  readonly actionId: string | undefined;
}

/** Juju's environment variables of one dispatch, parsed and frozen. */
export interface Environment {
  readonly unitName: string;
  readonly appName: string;
  readonly modelName: string;
  readonly modelUuid: string;
  readonly charmDir: string;
  /** Names this very dispatch to the unit agent; each call over the agent socket carries it. */
  readonly contextId: string;
  readonly agentSocket: AgentSocketAddress | undefined;
  /** The agent's version such as `3.6.8`; reduced contexts such as meter-status-changed leave it out. */
  readonly jujuVersion: string | undefined;
  /** The controllers, as `host:port`. */
  readonly apiAddresses: readonly string[];
  /** The model's `juju-*-proxy` settings. */
  readonly proxies: {
    readonly http: string | undefined;
    readonly https: string | undefined;
    readonly noProxy: string | undefined;
  };
  /** PATH; Juju puts the folder of the hook tools first. */
  readonly path: string;
  readonly cwd: string;
  readonly dispatch: DispatchVariables;
}

/** Raw environment variables, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Parses Juju's environment variables; `cwd` is the process's working directory.
 * @throws Error that names the variable which is missing or cannot be read.
 */
export function readEnvironment(variables: Variables, cwd: string): Environment {
  const unitName = required(variables, 'JUJU_UNIT_NAME');
  return deepFreeze({
    unitName,
    appName: unitName.replace(/\/\d+$/, ''),
    modelName: required(variables, 'JUJU_MODEL_NAME'),
    modelUuid: required(variables, 'JUJU_MODEL_UUID'),
    charmDir: required(variables, 'JUJU_CHARM_DIR'),
    contextId: required(variables, 'JUJU_CONTEXT_ID'),
    agentSocket: readAgentSocket(variables),
    jujuVersion: optional(variables, 'JUJU_VERSION'),
    apiAddresses: (optional(variables, 'JUJU_API_ADDRESSES') ?? '').split(' ').filter((word) => word !== ''),
    proxies: {
      http: optional(variables, 'JUJU_CHARM_HTTP_PROXY'),
      https: optional(variables, 'JUJU_CHARM_HTTPS_PROXY'),
      noProxy: optional(variables, 'JUJU_CHARM_NO_PROXY'),
    },
    path: optional(variables, 'PATH') ?? '',
    cwd,
    dispatch: readDispatch(variables),
  });
}

function readDispatch(variables: Variables): DispatchVariables {
  return {
    path: optional(variables, 'JUJU_DISPATCH_PATH'),
    hookName: optional(variables, 'JUJU_HOOK_NAME'),
    relation: readRelation(variables),
    notice: readNotice(variables),
    checkName: optional(variables, 'JUJU_PEBBLE_CHECK_NAME'),
    secret: readSecret(variables),
    storage: readStorage(variables),
    actionId: optional(variables, 'JUJU_ACTION_UUID'),
  };
}

function readAgentSocket(variables: Variables): AgentSocketAddress | undefined {
  const address = optional(variables, 'JUJU_AGENT_SOCKET_ADDRESS');
  if (address === undefined) return undefined;
  return { network: optional(variables, 'JUJU_AGENT_SOCKET_NETWORK') ?? 'unix', address };
}

function readRelation(variables: Variables): RelationVariables | undefined {
  const id = optional(variables, 'JUJU_RELATION_ID');
  if (id === undefined) return undefined;
  return {
    // Only the digits after the last colon count (Juju: jujuc/context.go).
    id: wholeNumber('JUJU_RELATION_ID', id.slice(id.lastIndexOf(':') + 1)),
    remoteApp: optional(variables, 'JUJU_REMOTE_APP'),
    remoteUnit: optional(variables, 'JUJU_REMOTE_UNIT'),
    departingUnit: optional(variables, 'JUJU_DEPARTING_UNIT'),
  };
}

function readNotice(variables: Variables): DispatchVariables['notice'] {
  const id = optional(variables, 'JUJU_NOTICE_ID');
  if (id === undefined) return undefined;
  return { id, type: required(variables, 'JUJU_NOTICE_TYPE'), key: required(variables, 'JUJU_NOTICE_KEY') };
}

function readSecret(variables: Variables): DispatchVariables['secret'] {
  const id = optional(variables, 'JUJU_SECRET_ID');
  if (id === undefined) return undefined;
  const revision = optional(variables, 'JUJU_SECRET_REVISION');
  return {
    id,
    label: optional(variables, 'JUJU_SECRET_LABEL'),
    revision: revision === undefined ? undefined : wholeNumber('JUJU_SECRET_REVISION', revision),
  };
}

function readStorage(variables: Variables): DispatchVariables['storage'] {
  const id = optional(variables, 'JUJU_STORAGE_ID');
  return id === undefined ? undefined : { id, location: optional(variables, 'JUJU_STORAGE_LOCATION') };
}

/** A variable that Juju exports as empty is absent. */
function optional(variables: Variables, name: string): string | undefined {
  const value = variables[name];
  return value === '' ? undefined : value;
}

function required(variables: Variables, name: string): string {
  const value = optional(variables, name);
  if (value === undefined) throw new Error(`cannot read Juju's environment: ${name} is not set`);
  return value;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new Error(`cannot read Juju's environment: ${name} is "${text}", which is not a number`);
  }
  return Number(text);
}

function deepFreeze<T extends object>(record: T): T {
  for (const value of Object.values(record)) {
    if (typeof value === 'object' && value !== null) deepFreeze(value);
  }
  return Object.freeze(record);
}
