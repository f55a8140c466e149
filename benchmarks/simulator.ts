import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideBinary } from '../scripts/binaries.ts';
import { connect, type SimulatorClient } from '../src/simulator/client.ts';
import { launchSimulator } from '../src/simulator/launch/launch.ts';
import { probeNamespaces } from '../src/simulator/launch/probe.ts';

/** Juju's own pace: at the simulator's, update-status and looks at Pebble would come five times as often. */
const speed = '1';

/**
 * Runs `use` with a simulator of its own, with real Pebble and real Mimir, which ends with it: also when it throws, and
 * when this process is told to end. `report` gets lines about what takes long.
 */
export async function withSimulator<T>(
  use: (client: SimulatorClient) => Promise<T>,
  report: (line: string) => void,
): Promise<T> {
  const obstacle = probeNamespaces();
  if (obstacle !== undefined) throw new Error(`cannot run the simulator: ${obstacle}`);
  for (const name of ['pebble', 'mimir'] as const) await provideBinary(name, report);
  const stateDir = mkdtempSync(join(tmpdir(), 'juju-sim-bench-'));
  const entry = join(import.meta.dirname, '../src/simulator/controller/daemon.ts');
  const client = connect(stateDir);
  try {
    return await interruptible(async (interrupted) => {
      const options = { stateDir, entry, args: [stateDir, speed], forwards: [] };
      const launched = await launchSimulator(options);
      try {
        return await Promise.race([use(client), interrupted]);
      } finally {
        await client.request({ command: 'down' }).catch((error: unknown) => {
          report(String(error));
        });
        await launched.ended();
      }
    });
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `act` with a promise that rejects when this process is to end: by a signal, or by an error that nobody catches,
 * such as that of a closed pipe. Signals that follow change nothing: npm and the terminal may send one each, and it
 * takes `act` a moment to end what it started.
 */
async function interruptible<T>(act: (interrupted: Promise<never>) => Promise<T>): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const interrupt = (signal: NodeJS.Signals) => {
    reject(new Error(`cannot go on: interrupted by ${signal}`));
  };
  // It may come before anyone listens.
  interrupted.catch(() => undefined);
  for (const signal of signals) process.on(signal, interrupt);
  process.on('uncaughtException', reject);
  try {
    return await act(interrupted);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    process.off('uncaughtException', reject);
  }
}
