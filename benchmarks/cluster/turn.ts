import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SimulatorClient } from '../../src/simulator/client.ts';
import { unitsOf, urlsOf, type Deployment } from './deployment.ts';
import { runLoad } from './load.ts';
import { mimirPids, readUsage } from './processes.ts';

/** What a deployment did in its turn. */
export interface Turn {
  readonly samplesPerSecond: number;
  readonly write: Latency;
  /** Time of all units' Mimir on processors while it was written, for a million samples. */
  readonly processorSecondsPerMillion: number;
  readonly oneSeries: Latency;
  readonly allSeries: Latency;
  /** Of one Mimir: the mean over the units. */
  readonly residentBytes: number;
}

const latency = z.object({ p50Ms: z.number(), p99Ms: z.number() });
const written = latency.extend({ samples: z.int(), seconds: z.number() });

/** How long requests took, in ms. */
export type Latency = Readonly<z.infer<typeof latency>>;

const one = ['-count', '100', '-expect', '1', 'bench_value{series="4711"}'];
const all = ['-count', '10', '-expect', '10', 'sum by (group) (bench_value)'];

/** Pause before a turn, in ms: the deployment of the turn before still collects its garbage. */
const pause = 1000;

/** Writes to a deployment and asks it, each of its units in turn, while nobody else does. */
export async function takeTurn(client: SimulatorClient, deployment: Deployment): Promise<Turn> {
  await sleep(pause);
  const urls = urlsOf(deployment);
  const pids = await mimirPids(client, unitsOf(deployment));
  const processorSeconds = () => sum(pids.map((pid) => readUsage(pid).processorSeconds));
  const before = processorSeconds();
  const write = written.parse(await runLoad(client, ['write', ...urls]));
  const used = processorSeconds() - before;
  const oneSeries = latency.parse(await runLoad(client, ['query', ...one, ...urls]));
  const allSeries = latency.parse(await runLoad(client, ['query', ...all, ...urls]));
  return {
    samplesPerSecond: write.samples / write.seconds,
    write,
    processorSecondsPerMillion: (used / write.samples) * 1e6,
    oneSeries,
    allSeries,
    residentBytes: sum(pids.map((pid) => readUsage(pid).residentBytes)) / pids.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
