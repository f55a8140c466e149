import { readEnvironment, type Environment } from '../../../src/juju/environment.ts';

/** What Juju sets in every hook of the unit `mimir/0`; empty where Juju exports empty variables. */
export const everyHook = {
  CHARM_DIR: '/var/lib/juju/agents/unit-mimir-0/charm',
  JUJU_CHARM_DIR: '/var/lib/juju/agents/unit-mimir-0/charm',
  JUJU_CONTEXT_ID: 'mimir/0-config-changed-0123456789abcdef0123456789abcdef',
  JUJU_AGENT_SOCKET_ADDRESS: '/var/lib/juju/agents/unit-mimir-0/agent.socket',
  JUJU_AGENT_SOCKET_NETWORK: 'unix',
  JUJU_UNIT_NAME: 'mimir/0',
  JUJU_MODEL_NAME: 'cos',
  JUJU_MODEL_UUID: '7d0b5d0e-6a0e-4a3a-8f5e-0a1b2c3d4e5f',
  JUJU_API_ADDRESSES: '10.1.2.3:17070 controller-service.controller-k8s.svc.cluster.local:17070',
  JUJU_VERSION: '3.6.8',
  JUJU_MACHINE_ID: '',
  JUJU_AVAILABILITY_ZONE: '',
  JUJU_PRINCIPAL_UNIT: '',
  JUJU_CHARM_HTTP_PROXY: '',
  JUJU_CHARM_HTTPS_PROXY: '',
  JUJU_CHARM_NO_PROXY: '',
  PATH: '/var/lib/juju/tools/unit-mimir-0:/usr/bin:/charm/bin',
} as const;

/** The environment of the hook `name`, with the variables that come with it. */
export function inHook(name: string, variables: Record<string, string> = {}): Environment {
  const dispatched = { JUJU_HOOK_NAME: name, JUJU_DISPATCH_PATH: `hooks/${name}` };
  return readEnvironment({ ...everyHook, ...dispatched, ...variables }, everyHook.CHARM_DIR);
}
