import { join } from 'node:path';

/** A charm of the simulator's own that stands in for a real one. */
export interface StandIn {
  /** Absolute path of the folder with metadata.yaml, config.yaml and actions.yaml. */
  readonly folder: string;
  /** Absolute path of the TypeScript file that is dispatched. */
  readonly entry: string;
  /** Names on Charmhub that it stands in for. */
  readonly standsInFor: readonly string[];
}

function standIn(name: string, ...standsInFor: readonly string[]): StandIn {
  const folder = join(import.meta.dirname, name);
  return { folder, entry: join(folder, 'dispatch.ts'), standsInFor };
}

/** Every stand-in by its charm's name. */
export const standIns: Readonly<Record<string, StandIn>> = {
  alertmanager: standIn('alertmanager', 'alertmanager-k8s'),
  grafana: standIn('grafana', 'grafana-k8s'),
  'remote-write-sender': standIn('remote-write-sender', 'grafana-agent-k8s', 'opentelemetry-collector-k8s'),
};

/** The `dispatch` script to write into the deployed copy of a stand-in: `execPath` is the pinned Node.js. */
export function standInDispatch(entry: string, execPath: string): string {
  return `#!/bin/sh\nexec ${shellQuoted(execPath)} ${shellQuoted(entry)}\n`;
}

/** The name of the stand-in for a charm: its own, or one it stands in for; undefined if there is none. */
export function findStandIn(charm: string): string | undefined {
  if (Object.hasOwn(standIns, charm)) return charm;
  return Object.entries(standIns).find(([, { standsInFor }]) => standsInFor.includes(charm))?.[0];
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
