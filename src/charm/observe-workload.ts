import * as z from 'zod/mini';
import { parseVersion, versionCommand } from '../mimir/command.ts';
import { tlsTargetOf } from '../mimir/config/tls.ts';
import { paths } from '../mimir/paths.ts';
import type { TlsTarget } from '../mimir/request.ts';
import { storeTrouble } from '../mimir/store-trouble.ts';
import type { PebbleClient, PebblePlan } from '../pebble/index.ts';
import { quorumCheck, readyCheck, serviceName, versionVariable } from './layer.ts';
import type { Ports } from './ports.ts';
import type { Rejection, Workload } from './snapshot.ts';

/** Files of ours in the container, all read in one request. */
const ourFiles = [
  paths.config,
  paths.limits,
  paths.alertmanagerFallback,
  paths.storeCa,
  paths.trustedCa,
  paths.tlsFiles.certificate,
  paths.tlsFiles.key,
  paths.tlsFiles.ca,
  paths.userState,
  paths.leftOnDisk,
  ...paths.shutdownMarkers,
  paths.lastGood.config,
  paths.lastGood.storeCa,
  paths.lastGood.trustedCa,
  paths.lastGood.rejection,
];

const rejectionRecord = () =>
  z.object({
    hash: z.string(),
    by: z._default(z.enum(['mimir', 'store']), 'mimir'),
    reason: z.string(),
  });

/** Reads what Pebble and this unit's Mimir say; a container that cannot be reached is an answer too. */
export async function observeWorkload(ports: Ports): Promise<Workload> {
  try {
    return await observeContainer(ports);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return { reachable: false, reason: error.message };
  }
}

/** Tells whether an error says that the container is not there, or too busy to answer. */
export function isAbsent(error: unknown): error is Error {
  return isPebbleError(error, ['unreachable', 'timeout']);
}

/** Tells whether an error is one of Pebble's of these kinds. */
export function isPebbleError(error: unknown, kinds: readonly string[]): error is Error {
  return error instanceof Error && 'kind' in error && kinds.some((kind) => kind === error.kind);
}

async function observeContainer({ pebble, mimir }: Ports): Promise<Workload> {
  const plan = await pebble.plan();
  const files = await pebble.readFiles(ourFiles);
  const service = (await pebble.services()).find(({ name }) => name === serviceName)?.current ?? 'absent';
  const { unit } = mimir(tlsSpokenIn(files));
  const ready = service === 'active' && (await unit.ready()).ready;
  const lines = ready || service === 'absent' ? [] : await lastLines(pebble);
  return {
    reachable: true,
    plan,
    service,
    files,
    version: await observeVersion(pebble, plan),
    rejection: readRejection(files.get(paths.lastGood.rejection)),
    storeTrouble: storeTrouble(lines),
    lastWords: isFailing(service) ? lastWords(lines) : undefined,
    ready,
    ...(await observeChecks(pebble, plan, { ready, service })),
  };
}

/** How clients know the Mimir of a container with these files. */
export function tlsSpokenIn(files: ReadonlyMap<string, string | undefined>): TlsTarget | undefined {
  return tlsTargetOf(files.get(paths.config), files.get(paths.tlsFiles.ca));
}

/** Asks for the checks only where they can say something that is not known by now. */
async function observeChecks(
  pebble: PebbleClient,
  { checks: planned }: PebblePlan,
  { ready, service }: { readonly ready: boolean; readonly service: string },
): Promise<{ readonly checkDown: boolean; readonly quorumLost: boolean }> {
  const isReplicated = quorumCheck in planned;
  if (service === 'absent' || (ready && !isReplicated)) return { checkDown: false, quorumLost: false };
  const checks = await pebble.checks();
  const isDown = (check: string) => checks.some(({ name, status }) => name === check && status === 'down');
  return { checkDown: !ready && isDown(readyCheck), quorumLost: ready && isDown(quorumCheck) };
}

/** Pebble has given the service up for now, or for good. */
export function isFailing(current: string): boolean {
  return current === 'backoff' || current === 'error';
}

/** The binary cannot change without its container, and the plan lives as long as that: ask once per container. */
async function observeVersion(pebble: PebbleClient, plan: PebblePlan): Promise<string | undefined> {
  const known = plan.services[serviceName]?.environment?.[versionVariable];
  if (known !== undefined && known !== '') return known;
  try {
    const { exitCode, stdout } = await pebble.exec({
      command: versionCommand,
      workingDir: '/',
      timeoutMs: 10_000,
    });
    return exitCode === 0 ? (parseVersion(stdout) ?? 'unknown') : undefined;
  } catch (error) {
    // Pebble: an executable that is not there is a refused request, `cannot find executable "/bin/mimir"`.
    if (isPebbleError(error, ['unspecified']) && error.message.includes('cannot find executable'))
      return undefined;
    throw error;
  }
}

function readRejection(text: string | undefined): Rejection | undefined {
  if (text === undefined) return undefined;
  try {
    return rejectionRecord().safeParse(JSON.parse(text)).data;
  } catch {
    // A damaged record means only that the configuration is tried again.
    return undefined;
  }
}

/** The last lines that Mimir wrote, oldest first. */
export async function lastLines(pebble: PebbleClient): Promise<readonly string[]> {
  const lines = await pebble.logs({ services: [serviceName], n: 50 });
  return lines.map(({ message }) => message.trim());
}

/** The last error among lines that Mimir wrote, else the last of them, at most 300 characters. */
export function lastWords(lines: readonly string[]): string {
  const telling = lines.filter((line) => /level=error|^error|fail/i.test(line));
  const line = telling.at(-1) ?? lines.at(-1) ?? 'it said nothing';
  return line.slice(0, 300);
}
