import type { Operation, SecretHook } from '../model/operation.ts';
import { agentSocketPath, charmFolder, storageLocation, toolsFolder } from './paths.ts';

/** Facts that the environment of a dispatch is made of. */
export interface EnvironmentFacts {
  readonly model: { readonly name: string; readonly uuid: string };
  readonly unit: string;
  /** JUJU_CONTEXT_ID */
  readonly contextId: string;
  readonly operation: Operation;
}

type Variables = Readonly<Record<string, string>>;

/** Version of Juju that the simulator says it is. */
export const jujuVersion = '3.6.8';

const kubernetes = '10.152.183.1';
const agentPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/charm/bin';

/** The whole environment of a dispatch: nothing is inherited (Juju: runner.go, context.go HookVars, env.go). */
export function dispatchEnvironment(facts: EnvironmentFacts): Variables {
  return {
    ...commonVariables(facts),
    ...systemVariables(facts.unit),
    ...operationVariables(facts.operation),
  };
}

function commonVariables({ model, unit, contextId, operation }: EnvironmentFacts): Variables {
  const folder = charmFolder(unit);
  const hook = operation.kind === 'action' || operation.kind === 'exec' ? '' : operation.name;
  return {
    CHARM_DIR: folder,
    JUJU_CHARM_DIR: folder,
    JUJU_CONTEXT_ID: contextId,
    JUJU_HOOK_NAME: hook,
    JUJU_AGENT_SOCKET_ADDRESS: agentSocketPath(unit),
    JUJU_AGENT_SOCKET_NETWORK: 'unix',
    JUJU_UNIT_NAME: unit,
    JUJU_MODEL_NAME: model.name,
    JUJU_MODEL_UUID: model.uuid,
    JUJU_API_ADDRESSES: `${kubernetes}:17070 controller-service.controller-simulator.svc.cluster.local:17070`,
    JUJU_VERSION: jujuVersion,
    CLOUD_API_VERSION: '1.30.0',
    ...{ JUJU_MACHINE_ID: '', JUJU_AVAILABILITY_ZONE: '', JUJU_PRINCIPAL_UNIT: '', JUJU_SLA: '' },
    ...{ JUJU_CHARM_HTTP_PROXY: '', JUJU_CHARM_HTTPS_PROXY: '', JUJU_CHARM_FTP_PROXY: '' },
    JUJU_CHARM_NO_PROXY: '',
  };
}

function systemVariables(unit: string): Variables {
  return {
    KUBERNETES_PORT: `tcp://${kubernetes}:443`,
    KUBERNETES_PORT_443_TCP: `tcp://${kubernetes}:443`,
    KUBERNETES_PORT_443_TCP_ADDR: kubernetes,
    KUBERNETES_PORT_443_TCP_PORT: '443',
    KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
    KUBERNETES_SERVICE_HOST: kubernetes,
    KUBERNETES_SERVICE_PORT: '443',
    KUBERNETES_SERVICE_PORT_HTTPS: '443',
    PATH: `${toolsFolder(unit)}:${agentPath}`,
    LANG: 'C.UTF-8',
    TERM: 'tmux-256color',
    DEBIAN_FRONTEND: 'noninteractive',
    APT_LISTCHANGES_FRONTEND: 'none',
  };
}

function operationVariables(operation: Operation): Variables {
  switch (operation.kind) {
    case 'exec':
      return {};
    case 'action':
      return {
        JUJU_DISPATCH_PATH: `actions/${operation.name}`,
        JUJU_ACTION_NAME: operation.name,
        JUJU_ACTION_UUID: operation.id,
        JUJU_ACTION_TAG: `action-${operation.id}`,
      };
    case 'plain':
      return hookVariables(operation.name);
    case 'relation':
      return { ...hookVariables(operation.name), ...relationVariables(operation) };
    case 'storage':
      return {
        ...hookVariables(operation.name),
        JUJU_STORAGE_ID: operation.storage,
        JUJU_STORAGE_LOCATION: storageLocation(operation.storage),
        JUJU_STORAGE_KIND: 'filesystem',
      };
    case 'workload':
      return { ...hookVariables(operation.name), ...workloadVariables(operation) };
    case 'secret':
      return { ...hookVariables(operation.name), ...secretVariables(operation) };
    case 'fired':
      return { ...hookVariables(operation.name), ...operation.environment };
  }
}

function hookVariables(name: string): Variables {
  return { JUJU_DISPATCH_PATH: `hooks/${name}` };
}

function relationVariables(hook: Extract<Operation, { kind: 'relation' }>): Variables {
  const { endpoint, relation, remoteApplication, remoteUnit = '', departingUnit } = hook;
  return {
    JUJU_RELATION: endpoint,
    JUJU_RELATION_ID: `${endpoint}:${relation}`,
    JUJU_REMOTE_APP: remoteApplication,
    JUJU_REMOTE_UNIT: remoteUnit,
    ...(departingUnit !== undefined && { JUJU_DEPARTING_UNIT: departingUnit }),
  };
}

function secretVariables({ name, secret, label, revision }: SecretHook): Variables {
  const numbered = name === 'secret-expired' || name === 'secret-remove';
  return {
    JUJU_SECRET_ID: `secret:${secret}`,
    JUJU_SECRET_LABEL: label,
    ...(numbered && { JUJU_SECRET_REVISION: String(revision) }),
  };
}

function workloadVariables({
  container,
  notice,
  check,
}: Extract<Operation, { kind: 'workload' }>): Variables {
  return {
    JUJU_WORKLOAD_NAME: container,
    ...(notice && {
      JUJU_NOTICE_ID: notice.id,
      JUJU_NOTICE_TYPE: notice.type,
      JUJU_NOTICE_KEY: notice.key,
    }),
    ...(check !== undefined && { JUJU_PEBBLE_CHECK_NAME: check }),
  };
}
