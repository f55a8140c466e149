import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findContainerPython, packOpsCharm } from '../../scripts/ops-charm.ts';
import { unitStatus } from '../support/mimir-story.ts';
import { root, startSimulation, type Simulation } from '../support/simulation.ts';

const python = findContainerPython();

describe.skipIf(python === undefined)(
  'the ops charm of the benchmarks (needs python3 with pip in /usr)',
  () => {
    const charm = mkdtempSync(join(tmpdir(), 'ops-minimal-'));
    let simulation: Simulation;

    beforeAll(async () => {
      packOpsCharm(python ?? '', { source: join(root, 'benchmarks/charms/ops-minimal'), folder: charm });
      simulation = await startSimulation();
      await simulation.ask({ command: 'deploy', charm });
      await simulation.settle();
    });

    afterAll(async () => {
      await simulation.close();
      rmSync(charm, { recursive: true });
    });

    test('is active, and reads what its relations hold', async () => {
      const alone = await bags();
      const rules = 'alert: Always\nexpr: vector(1)\n';
      await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', config: { rules } });
      await simulation.ask({ command: 'integrate', endpoints: ['ops-minimal', 'remote-write-sender'] });
      await simulation.settle();
      expect(await bags()).toBeGreaterThan(alone);
    });

    /** How many bags the unit says that it read. */
    async function bags(): Promise<number> {
      const status = await unitStatus(simulation, 'ops-minimal/0');
      return Number(/^active: 0 services, (\d+) bags, log level info$/.exec(status)?.[1]);
    }
  },
);
