import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { expect } from 'vitest';
import type { ControlCall } from '../../../src/simulator/client.ts';
import { addAuthority, trustAuthority, trusting } from '../certificates-story.ts';
import { runAction, statusOf } from '../mimir-story.ts';
import { eventually, mimirPorts, startSimulation, type Simulation } from '../simulation.ts';
import { longestWaitSeconds, readAcknowledged, readCounts, senderPort } from './acknowledged.ts';
import { compareStored } from './compare.ts';
import { type ProbeReport, startProber } from './prober.ts';

const store = 's3-integrator';
const sender = 'sender/0';

/** Samples that a sender may have ready while nothing keeps it from sending: those of three ticks. */
const keptBack = 30;

/** Units of Mimir with a bucket, to which one sender sends without a pause. */
export interface UnitsStory {
  readonly simulation: Simulation;
  /** Probes these units while something happens, from the first answer of each of them on. */
  during(units: readonly string[], act: () => Promise<void>): Promise<ProbeReport>;
  /** Waits until the sender has sent all that it has kept back, and goes on sending. */
  caughtUp(): Promise<void>;
  /** What was acknowledged and these units do not answer with, as sentences; waits until the sender has caught up. */
  lost(units: readonly string[]): Promise<readonly string[]>;
  /**
   * Probes these units for so many seconds, and returns after how many of them the last answer was short. None may fail,
   * and nothing may be missing in the end. Queries ask two of three units, so one answer in full says little.
   */
  untilWhole(units: readonly string[], seconds: number): Promise<number>;
  /** Waits until these units are active. */
  active(units: readonly string[]): Promise<void>;
}

/** The first units' names. */
export function unitNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, ordinal) => `mimir-k8s/${ordinal}`);
}

/** How a story begins. */
export interface Beginning {
  readonly units: number;
  /** Size of each unit's disk. */
  readonly storage?: string;
  /** The units have certificates from the beginning, each for so long. */
  readonly validity?: string;
}

/** Begins with units that are related to a bucket from the beginning. */
export async function beginUnitsStory(beginning: Beginning): Promise<UnitsStory> {
  const simulation = await startSimulation({ reach: [...mimirPorts(3), senderPort(sender)] });
  try {
    return await begin(simulation, beginning);
  } catch (error) {
    await simulation.close();
    throw error;
  }
}

async function begin(simulation: Simulation, { units, storage, validity }: Beginning): Promise<UnitsStory> {
  const deploy = (charm: string, application: string, config = {}): ControlCall => ({
    command: 'deploy',
    charm,
    application,
    config,
  });
  await simulation.ask(deploy(store, store));
  await simulation.deployMimir({ units, ...(storage === undefined ? {} : { storage }) });
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s:s3', store] });
  if (validity !== undefined) await addAuthority(simulation, { validity });
  const story = storyOf(simulation);
  await story.active(unitNames(units));
  // Later than all else: a sender that is told to come again waits longer each time.
  await simulation.ask(deploy('remote-write-sender', 'sender', { series: '10', interval_ms: '200' }));
  if (validity !== undefined) await trustAuthority(simulation, ['sender']);
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
  await statusOf(simulation, sender, /^active/);
  await story.caughtUp();
  return validity === undefined ? story : overTlsOf(story);
}

/** The same story, told by those who speak TLS with Mimir. */
export async function overTlsOf(story: UnitsStory): Promise<UnitsStory> {
  return storyOf((await trusting(story.simulation)).simulation);
}

function storyOf(simulation: Simulation): UnitsStory {
  const journal = simulation.inClear.direct(sender, senderPort(sender).port);
  const caughtUp = async () => {
    const { acknowledged: before } = await readCounts(journal);
    await eventually(
      'a sender that has caught up',
      async () => {
        const { acknowledged, pending } = await readCounts(journal);
        return acknowledged > before && pending <= keptBack ? true : undefined;
      },
      longestWaitSeconds,
    );
  };
  const lost = async (units: readonly string[]) => {
    await caughtUp();
    const [groups = []] = Object.values(await readAcknowledged(journal));
    const found = await Promise.all(
      units.map(async (unit) => {
        const { lost: missing } = await compareStored(simulation.direct(unit), groups);
        return missing.map((sentence) => `${unit}: ${sentence}`);
      }),
    );
    return found.flat();
  };
  const probe = (units: readonly string[]) =>
    startProber({
      units: Object.fromEntries(units.map((unit) => [unit, simulation.direct(unit)])),
      query: 'sum(count_over_time(juju_sim_counter_total[1h]))',
      acknowledged: async () => (await readCounts(journal)).acknowledged,
    });
  return {
    simulation,
    caughtUp,
    lost,
    during: async (units, act) => {
      const prober = probe(units);
      try {
        await act();
      } finally {
        await prober.stop();
      }
      return prober.report();
    },
    untilWhole: async (units, seconds) => {
      const begin = Date.now();
      const prober = probe(units);
      await sleep(seconds * 1000);
      const { failures, short } = await prober.stop();
      expect(failures).toEqual([]);
      expect(await lost(units)).toEqual([]);
      return (Math.max(begin, ...short.map(({ time }) => Date.parse(time))) - begin) / 1000;
    },
    active: async (units) => {
      await Promise.all(units.map((unit) => statusOf(simulation, unit, /^active$/)));
    },
  };
}

const objects = z.object({ objects: z.coerce.number() });

/** How many objects of blocks are in the bucket. */
export async function blocksIn(simulation: Simulation): Promise<number> {
  const call = { action: 'list-objects', parameters: { prefix: 'blocks/' } };
  return objects.parse(await runAction(simulation, `${store}/0`, call)).objects;
}

/** Nothing that these units answered was wrong or short. */
export function expectFlawless({ queries, failures, short }: ProbeReport, units: readonly string[]): void {
  expect({ failures, short }).toEqual({ failures: [], short: [] });
  for (const unit of units) expect(queries[unit]).toBeGreaterThan(5);
}

/** What Mimir says to a query that it still has when it stops: the context that is cancelled is its own. */
const stopping = /^503 frontend stopped|^400 .*context canceled/;

/** Queries that a unit answered with an error; those that it could not answer since it was stopping are left out. */
export function refusals({ failures }: ProbeReport): readonly string[] {
  return failures
    .filter(({ text }) => /^[1-9]/.test(text) && !stopping.test(text))
    .map(({ unit, time, text }) => `${unit} ${time} ${text}`);
}
