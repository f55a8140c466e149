import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { createMimirClient } from '../../../src/mimir/api.ts';
import type { MimirClient } from '../../../src/mimir/api.ts';
import { runCommand, validateCommand } from '../../../src/mimir/command.ts';
import { alertmanagerFallback } from '../../../src/mimir/config/alertmanager.ts';
import type { MimirDeployment } from '../../../src/mimir/config/deployment.ts';
import { defaultLimits } from '../../../src/mimir/config/limits.ts';
import type { RuntimeLimits } from '../../../src/mimir/config/limits.ts';
import { renderConfig, renderRuntimeConfig } from '../../../src/mimir/config/render.ts';
import { mimirPaths } from '../../../src/mimir/paths.ts';
import type { MimirPaths } from '../../../src/mimir/paths.ts';
import { mimirBinary } from '../../support/binaries.ts';
import { oneUnit } from '../../unit/mimir/deployments.ts';

/** A real Mimir that runs with the files of the charm in folders of its own. */
export interface RunningMimir {
  readonly url: string;
  readonly client: MimirClient;
  readonly paths: MimirPaths;
  readonly ports: { readonly http: number; readonly grpc: number; readonly gossip: number };
  /** How long it took from its start to `/ready`, in milliseconds. */
  readonly readyAfter: number;
  /** Ends it by SIGTERM and removes its folders; answers its exit code and the milliseconds until it was gone. */
  stop(): Promise<{ readonly code: number | null; readonly after: number }>;
}

/** What a run of the binary printed, on both outputs, and its exit code. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/**
 * Repeats an alert each second. The ruler drops what fires before it has found its Alertmanagers, which it starts to look for at the
 * first rule, and by default it repeats an alert after a minute.
 */
export const repeatAlerts = '-ruler.resend-delay=1s';

/** How a Mimir differs from one unit without any option. */
export interface MimirChanges {
  readonly deployment?: Partial<MimirDeployment>;
  readonly limits?: Partial<RuntimeLimits>;
  /** Set over what the file says. */
  readonly flags?: readonly string[];
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What everything is served with; the certificate is for `localhost`. */
  readonly certificates?: ServedCertificates;
}

/** A certificate, its key and the authority that signed it, in PEM. */
export interface ServedCertificates {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/** Starts Mimir on ports that are free, which the command line sets over those of the file, and waits for `/ready`. */
export async function startMimir(changes: MimirChanges = {}): Promise<RunningMimir> {
  const folder = mkdtempSync(join(tmpdir(), 'mimir-'));
  const paths = mimirPaths({ dataDir: join(folder, 'data'), configDir: join(folder, 'etc') });
  const [http = 0, grpc = 0, gossip = 0] = await freePorts(3);
  const { certificates } = changes;
  const tls = certificates === undefined ? undefined : { serverName: 'localhost' };
  writeFiles({ ...oneUnit, tls, ...changes.deployment, ...paths }, String(http));
  if (certificates !== undefined) setCertificates(paths, certificates);
  setLimits(paths, changes.limits ?? {});
  const flags = [
    '-server.http-listen-address=127.0.0.1',
    `-server.http-listen-port=${String(http)}`,
    `-server.grpc-listen-port=${String(grpc)}`,
    `-memberlist.bind-port=${String(gossip)}`,
    ...(changes.flags ?? []),
  ];
  const child = spawn(mimirBinary(), [...runCommand(paths.config).slice(1), ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...changes.environment },
  });
  const log: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const { url, client } = reach(http, certificates);
  const stop = async () => {
    const startedAt = performance.now();
    child.kill('SIGTERM');
    const code = await exit;
    rmSync(folder, { recursive: true, force: true });
    return { code, after: performance.now() - startedAt };
  };
  try {
    return {
      url,
      client,
      paths,
      ports: { http, grpc, gossip },
      stop,
      readyAfter: await waitUntilReady(client, () => child.exitCode !== null),
    };
  } catch (error) {
    await stop();
    throw new Error(`cannot start Mimir:\n${log.join('').slice(-4000)}`, { cause: error });
  }
}

function reach(port: number, certificates: ServedCertificates | undefined) {
  const tls = certificates && { ca: certificates.ca, serverName: 'localhost' };
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return { url, client: createMimirClient(url, { timeoutMs: 5000, tls }) };
}

/** Runs the binary with the arguments of one of our commands. */
export function runMimir(command: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(mimirBinary(), command.slice(1), (error, stdout, stderr) => {
      resolve({ code: z.number().catch(0).parse(error?.code), output: stdout + stderr });
    });
  });
}

/** Lets the binary check a configuration. */
export function validate(config: string): Promise<Finished> {
  return runMimir(validateCommand(config));
}

/** Gives Mimir other limits, which it takes up within seconds. */
export function setLimits(paths: MimirPaths, limits: Partial<RuntimeLimits>): void {
  writeFileSync(paths.limits, renderRuntimeConfig({ ...defaultLimits, ...limits }));
}

/** Gives Mimir other certificates. */
export function setCertificates({ tlsFiles }: MimirPaths, given: ServedCertificates): void {
  mkdirSync(dirname(tlsFiles.key), { recursive: true });
  writeFileSync(tlsFiles.certificate, given.certificate);
  writeFileSync(tlsFiles.key, given.key);
  writeFileSync(tlsFiles.ca, given.ca);
}

/** The charm's own files; only the ruler's Alertmanager is told the port that this Mimir really has. */
function writeFiles(deployment: MimirDeployment, httpPort: string): void {
  const paths = mimirPaths(deployment);
  mkdirSync(paths.dataDir);
  mkdirSync(paths.configDir);
  const config = renderConfig(deployment);
  writeFileSync(paths.config, config.replace('127.0.0.1:9009', `127.0.0.1:${httpPort}`));
  writeFileSync(paths.alertmanagerFallback, alertmanagerFallback);
}

async function waitUntilReady(client: MimirClient, exited: () => boolean): Promise<number> {
  const startedAt = performance.now();
  while (!(await client.ready()).ready) {
    if (exited()) throw new Error('it exited');
    if (performance.now() - startedAt > 40_000) throw new Error('it was not ready within 40 s');
    await setTimeout(50);
  }
  return performance.now() - startedAt;
}

/** Ports that are free now. They are held until all are known, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, resolve));
    ports.push(z.object({ port: z.number() }).parse(server.address()).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
