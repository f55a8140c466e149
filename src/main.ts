import { readFileSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runAction } from './charm/actions/run-action.ts';
import { applicationUrl, clusterDomain } from './charm/addresses.ts';
import { dispatch } from './charm/dispatch.ts';
import { containerName } from './charm/declared.ts';
import { findAddress, findFullNames } from './charm/name-lookup.ts';
import type { Clock, Disk, MimirApis, MimirPort, Ports } from './charm/ports.ts';
import type { UnitIdentity } from './charm/snapshot.ts';
import {
  createHookTools,
  createJujuLogger,
  createTransport,
  type Environment,
  type HookTools,
  type Logger,
  parseEvent,
  readEnvironment,
} from './juju/index.ts';
import { createMimirClient } from './mimir/api.ts';
import { ports as mimirPorts } from './mimir/ports.ts';
import { sendTrace } from './otlp/send-trace.ts';
import { createPebbleClient, type PebbleClient } from './pebble/index.ts';

const disk: Disk = {
  space: async (path) => {
    try {
      const { bsize, blocks, bavail } = await statfs(path);
      return { size: blocks * bsize, free: bavail * bsize };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  },
};
const clock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};

/** Longest time in milliseconds for one answer of Mimir's API. */
const mimirTimeoutMs = 5_000;

function readResolvConf(): string {
  return readFileSync('/etc/resolv.conf', 'utf8');
}

function identify({ unitName, appName, modelName, modelUuid }: Environment): UnitIdentity {
  return {
    unit: unitName,
    application: appName,
    model: modelName,
    modelUuid,
    clusterDomain: clusterDomain(readResolvConf()),
  };
}

/** What one dispatch speaks through; the connections are opened when first used. */
interface Connections {
  readonly hookTools: HookTools;
  readonly logger: Logger;
  readonly pebble: PebbleClient;
}

/** Connections are kept from one use to the next, as long as Mimir speaks in the same way. */
function mimirPort(identity: UnitIdentity): MimirPort {
  const opened = new Map<string, MimirApis>();
  return (tls) => {
    const key = tls === undefined ? '' : `${tls.serverName} ${tls.ca}`;
    const known = opened.get(key);
    if (known !== undefined) return known;
    const options = { timeoutMs: mimirTimeoutMs, tls };
    const scheme = tls === undefined ? 'http' : 'https';
    const apis: MimirApis = {
      unit: createMimirClient(`${scheme}://127.0.0.1:${mimirPorts.http}`, options),
      peer: (hostname) => createMimirClient(`${scheme}://${hostname}:${mimirPorts.http}`, options),
      application: createMimirClient(applicationUrl(identity, scheme), options),
    };
    opened.set(key, apis);
    return apis;
  };
}

function openPorts(
  { hookTools, logger, pebble }: Connections,
  { charmDir, ...identity }: UnitIdentity & Pick<Environment, 'charmDir'>,
): Ports {
  return {
    hookTools,
    pebble,
    logger,
    clock,
    disk,
    names: { findFull: (names) => findFullNames(names, readResolvConf()) },
    mimir: mimirPort(identity),
    traces: {
      charmVersion: async () => (await readFile(join(charmDir, 'version'), 'utf8')).trim(),
      send: (trace, receiver) =>
        sendTrace(trace, receiver, (host, timeoutMs) => findAddress(host, readResolvConf(), timeoutMs)),
    },
    probe: { read: () => readFile(join(charmDir, 'bin/probe')) },
  };
}

/** Carries out what Juju started this process for; returns the exit code. Only here are errors caught. */
async function main(): Promise<number> {
  const environment = readEnvironment(process.env, process.cwd());
  const forced = process.env['JUJU_CHARM_TRANSPORT'] === 'spawn' ? 'spawn' : undefined;
  const fallbacks: string[] = [];
  const transport = createTransport({
    environment,
    variables: process.env,
    ...(forced === undefined ? {} : { forced }),
    onFallback: (reason) => fallbacks.push(reason),
  });
  const hookTools = createHookTools(transport);
  const logger = createJujuLogger(hookTools);
  const pebble = createPebbleClient(`/charm/containers/${containerName}/pebble.socket`);
  try {
    const identity = identify(environment);
    const { charmDir } = environment;
    const ports = openPorts({ hookTools, logger, pebble }, { ...identity, charmDir });
    const event = parseEvent(environment);
    if (event.kind === 'unknown') logger.warning(`unknown hook ${event.hookName}: reconciling all the same`);
    if (event.kind === 'action') await runAction(ports, event, identity);
    else await dispatch(ports, event, identity);
    return 0;
  } catch (error) {
    logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  } finally {
    for (const reason of fallbacks) logger.info(`hook tools are spawned: ${reason}`);
    await logger.flush();
    pebble.close();
    await transport.close();
  }
}

void main().then((code) => {
  process.exitCode = code;
});
