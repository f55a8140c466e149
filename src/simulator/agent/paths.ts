/** Paths of a unit's agent in the charm container (Juju: uniter/paths.go). */
const base = '/var/lib/juju';

/** `unit-app-0` of `app/0`. */
export function unitTag(unit: string): string {
  return `unit-${unit.replace('/', '-')}`;
}

/** Folder of the charm. */
export function charmFolder(unit: string): string {
  return `${base}/agents/${unitTag(unit)}/charm`;
}

/** The agent's socket. */
export function agentSocketPath(unit: string): string {
  return `${base}/agents/${unitTag(unit)}/agent.socket`;
}

/** Folder of the hook tools. */
export function toolsFolder(unit: string): string {
  return `${base}/tools/${unitTag(unit)}`;
}

/** File that resource-get gives for an OCI image. */
export function resourcePath(unit: string, resource: string): string {
  return `${base}/agents/${unitTag(unit)}/resources/${resource}/content.yaml`;
}

/** Where a storage is mounted in the charm container. */
export function storageLocation(id: string): string {
  return `${base}/storage/${id}`;
}
