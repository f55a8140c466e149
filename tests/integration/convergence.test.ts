import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { installSeam, workloadView, type DispatchSeam } from '../support/dispatch-seam.ts';
import { alertFile, answerOf, rules, unitStatus } from '../support/mimir-story.ts';
import { startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const relations = z.record(z.string(), z.looseObject({ 'relation-info': z.unknown() }));

/** A change that an administrator makes, with the hook that it causes at our unit and two values to go between. */
interface Change {
  readonly hook: string;
  readonly make: (simulation: Simulation, value: 0 | 1) => Promise<unknown>;
}

const retention: Change = {
  hook: 'config-changed',
  make: (simulation, value) =>
    simulation.ask({
      command: 'config',
      application: 'mimir-k8s',
      set: { tsdb_block_retention_period: ['24h', '48h'][value] ?? '' },
      reset: [],
    }),
};

const senderRules: Change = {
  hook: 'receive-remote-write-relation-changed',
  make: (simulation, value) =>
    simulation.ask({
      command: 'config',
      application: 'sender',
      set: { rules: alertFile(`group_${value}`, `Alert${value}`) },
      reset: [],
    }),
};

/**
 * Up to here a dispatch only asks what there is, several things at once, and leaves nothing behind: every fourth of these
 * calls will do.
 */
const firstWrite = { hookTools: 17, requests: 5 } as const;

describe('a dispatch that is killed', () => {
  let simulation: Simulation;
  let seam: DispatchSeam;

  /** Everything that a dispatch of ours can leave behind. */
  const world = async () => ({
    status: await unitStatus(simulation, unit),
    running: await runningRetention(simulation),
    workload: await workloadView(simulation, unit),
    relations: relations.parse(await simulation.ask({ command: 'show-unit', unit }))[unit]?.['relation-info'],
    rules: await rules(simulation),
  });
  const carryOut = async (change: Change, value: 0 | 1) => {
    await change.make(simulation, value);
    await simulation.settle();
  };
  const terminations = async () => {
    let count = 0;
    await simulation.client.request({ command: 'debug-log', include: unit }, (line) => {
      if (line.kind === 'log' && line.line.includes('was terminated')) count += 1;
    });
    return count;
  };
  /** Carries the change out with the dispatch killed at its N-th hook-tool call; false if it has fewer. */
  const killAtCall = async (change: Change, value: 0 | 1, call: number) => {
    const before = await terminations();
    await simulation.ask({ command: 'kill', unit, target: { kind: 'dispatch', hook: change.hook, call } });
    await carryOut(change, value);
    return (await terminations()) > before;
  };
  /** The same in place of its N-th request to Pebble or Mimir. */
  const killAtRequest = async (change: Change, value: 0 | 1, at: number) => {
    await seam.begin({ hook: change.hook, at });
    await carryOut(change, value);
    return (await seam.end()).killed;
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir();
    await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
    await simulation.settle();
    seam = await installSeam(simulation, unit);
  });
  afterAll(async () => {
    await simulation.close();
  });

  test.each([retention, senderRules])(
    'at any call of $hook that writes, and at some that read, leaves a world from which the next one converges',
    async (change) => {
      await carryOut(change, 0);
      const undisturbed: unknown[] = [await world()];
      await carryOut(change, 1);
      undisturbed.push(await world());
      expect(undisturbed[1]).not.toEqual(undisturbed[0]);
      const kills = { hookTools: 0, requests: 0 };
      let value: 0 | 1 = 1;
      for (const [what, killAt] of [
        ['hookTools', killAtCall],
        ['requests', killAtRequest],
      ] as const) {
        for (let n = 1; ; n += n < firstWrite[what] ? 4 : 1) {
          value = value === 0 ? 1 : 0;
          const killed = await killAt(change, value, n);
          const found = { what, n, world: await world() };
          expect(found).toEqual({ what, n, world: undisturbed[value] });
          if (!killed) break;
          kills[what] = n;
        }
      }
      console.log(`${change.hook}: converged after kills up to`, kills);
      expect(kills.hookTools).toBeGreaterThan(8);
      expect(kills.requests).toBeGreaterThan(4);
    },
    900_000,
  );
});

/** The retention that the running Mimir was started with: files and plan may say what no process has read. */
async function runningRetention(simulation: Simulation): Promise<string | undefined> {
  const { text } = await answerOf(simulation, '/config');
  return /retention_period: \S+/.exec(text)?.[0];
}
