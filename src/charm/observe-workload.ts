import { z } from 'zod';
import { parseVersion, versionCommand } from '../mimir/command.ts';
import { paths } from '../mimir/paths.ts';
import type { PebbleClient, PebblePlan } from '../pebble/index.ts';
import { serviceName, versionVariable } from './layer.ts';
import type { Ports } from './ports.ts';
import type { Rejection, Workload } from './snapshot.ts';

/** Files of ours in the container, all read in one request. */
const ourFiles = [
  paths.config,
  paths.limits,
  paths.alertmanagerFallback,
  paths.lastGood.config,
  paths.lastGood.rejection,
];

const rejectionRecord = z.object({ hash: z.string(), reason: z.string() });

/** Reads what Pebble and this unit's Mimir say; a container that cannot be reached is an answer too. */
export async function observeWorkload(ports: Ports): Promise<Workload> {
  try {
    return await observeContainer(ports);
  } catch (error) {
    if (!(error instanceof Error && 'kind' in error && error.kind === 'unreachable')) throw error;
    return { reachable: false, reason: error.message };
  }
}

async function observeContainer({ pebble, mimir }: Ports): Promise<Workload> {
  const plan = await pebble.plan();
  const files = await pebble.readFiles(ourFiles);
  const service = (await pebble.services()).find(({ name }) => name === serviceName)?.current ?? 'absent';
  const readiness = service === 'active' ? await mimir.unit.ready() : undefined;
  return {
    reachable: true,
    plan,
    service,
    files,
    version: await observeVersion(pebble, plan),
    rejection: readRejection(files.get(paths.lastGood.rejection)),
    lastWords: isFailing(service) ? await lastWords(pebble) : undefined,
    ready: readiness?.ready ?? false,
  };
}

/** Pebble has given the service up for now, or for good. */
export function isFailing(current: string): boolean {
  return current === 'backoff' || current === 'error';
}

/** The binary cannot change without its container, and the plan lives as long as that: ask once per container. */
async function observeVersion(pebble: PebbleClient, plan: PebblePlan): Promise<string> {
  const known = plan.services[serviceName]?.environment?.[versionVariable];
  if (known !== undefined) return known;
  const answer = await pebble.exec({ command: versionCommand, timeoutMs: 10_000 });
  return parseVersion(answer.stdout) ?? 'unknown';
}

function readRejection(text: string | undefined): Rejection | undefined {
  if (text === undefined) return undefined;
  try {
    return rejectionRecord.safeParse(JSON.parse(text)).data;
  } catch {
    // A damaged record means only that the configuration is tried again.
    return undefined;
  }
}

/** The last error that Mimir wrote, else its last line, at most 300 characters. */
export async function lastWords(pebble: PebbleClient): Promise<string> {
  const lines = (await pebble.logs({ services: [serviceName], n: 50 })).map(({ message }) => message.trim());
  const telling = lines.filter((line) => /level=error|^error|fail/i.test(line));
  const line = telling.at(-1) ?? lines.at(-1) ?? 'it said nothing';
  return line.slice(0, 300);
}
