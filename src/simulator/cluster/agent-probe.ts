/** Folder of the layers of the charm container's Pebble. */
const layers = '/var/lib/pebble/default/layers';

/**
 * File by which the simulator's agents, which run outside of the pod, answer their readiness probe. It is in the charm
 * container's own file system: an agent that starts anew has not started its charm yet.
 */
export const agentStartedFile = '/var/lib/pebble/agent-started';

/**
 * The layer of the charm container's Pebble, by its path: the check of the agent's readiness probe, with Juju's figures
 * (containeragent/initialize/command.go). Pebble counts a check as up until it has failed so often, so a new pod is
 * ready for 30 s before its agent has started the charm, and a rolling refresh does not wait for the hooks.
 */
export function agentLayer(speed: number): Readonly<Record<string, string>> {
  const check = {
    ...{ override: 'replace', level: 'ready', threshold: 3, period: `${10_000 / speed}ms` },
    exec: { command: `test -e ${agentStartedFile}` },
  };
  return { [`${layers}/001-container-agent.yaml`]: JSON.stringify({ checks: { readiness: check } }) };
}
