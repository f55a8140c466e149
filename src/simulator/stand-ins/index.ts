import { join } from 'node:path';
import type { ProgramName } from '../../../scripts/binaries.ts';

/** A charm of the simulator's own that stands in for a real one. */
export interface StandIn {
  /** Absolute path of the folder with metadata.yaml, config.yaml and actions.yaml. */
  readonly folder: string;
  /** Absolute path of the TypeScript file that is dispatched. */
  readonly entry: string;
  /** Names on Charmhub that it stands in for. */
  readonly standsInFor: readonly string[];
  /** Programs in its containers that the simulator does not need else, and that must be built before it is deployed. */
  readonly programs: readonly ProgramName[];
}

function standIn(
  name: string,
  standsInFor: readonly string[],
  programs: readonly ProgramName[] = [],
): StandIn {
  const folder = join(import.meta.dirname, name);
  return { folder, entry: join(folder, 'dispatch.ts'), standsInFor, programs };
}

/** Every stand-in by its charm's name. */
export const standIns: Readonly<Record<string, StandIn>> = {
  alertmanager: standIn('alertmanager', ['alertmanager-k8s']),
  grafana: standIn('grafana', ['grafana-k8s']),
  ingress: standIn('ingress', ['traefik-k8s', 'nginx-ingress-integrator']),
  loki: standIn('loki', ['loki-k8s']),
  memcached: standIn('memcached', ['memcached-k8s']),
  'otlp-sender': standIn('otlp-sender', []),
  'remote-write-sender': standIn('remote-write-sender', ['grafana-agent-k8s', 'opentelemetry-collector-k8s']),
  's3-integrator': standIn('s3-integrator', ['minio'], ['minio']),
  'self-signed-certificates': standIn('self-signed-certificates', []),
  tempo: standIn('tempo', ['tempo-coordinator-k8s', 'tempo-k8s']),
};

/** The stand-in's program in the deployed copy of its charm. */
export const standInProgram = 'dispatch.mjs';

/** The `dispatch` script to write into the deployed copy of a stand-in: `execPath` is the pinned Node.js. */
export function standInDispatch(execPath: string): string {
  // A unit's first dispatch compiles the program for those that follow.
  const cache = 'NODE_COMPILE_CACHE="$JUJU_CHARM_DIR/.compiled"';
  return `#!/bin/sh\n${cache} exec ${shellQuoted(execPath)} "$JUJU_CHARM_DIR/${standInProgram}"\n`;
}

/** The name of the stand-in for a charm: its own, or one it stands in for; undefined if there is none. */
export function findStandIn(charm: string): string | undefined {
  if (Object.hasOwn(standIns, charm)) return charm;
  return Object.entries(standIns).find(([, { standsInFor }]) => standsInFor.includes(charm))?.[0];
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
