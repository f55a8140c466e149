import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SimulatorClient } from '../../src/simulator/client.ts';

/** What Mimir's process has used so far, and has now. */
export interface Usage {
  readonly processorSeconds: number;
  readonly residentBytes: number;
}

const view = z.record(
  z.string(),
  z.object({
    processes: z.record(z.string(), z.array(z.object({ hostPid: z.int(), command: z.array(z.string()) }))),
  }),
);

/** Clock ticks in a second in /proc (Linux: USER_HZ, the same on every architecture that Juju runs on). */
const ticks = 100;

/** The number of Mimir's process in a unit, on this machine; undefined while it does not run. */
export async function mimirPid(client: SimulatorClient, unit: string): Promise<number | undefined> {
  const shown = view.parse(await client.request({ command: 'show-unit', unit }));
  const processes = Object.values(shown[unit]?.processes ?? {}).flat();
  return processes.find(({ command }) => command[0]?.endsWith('/bin/mimir'))?.hostPid;
}

/** The numbers of Mimir's processes in some units. Throws if one does not run. */
export async function mimirPids(
  client: SimulatorClient,
  units: readonly string[],
): Promise<readonly number[]> {
  return Promise.all(
    units.map(async (unit) => {
      const pid = await mimirPid(client, unit);
      if (pid === undefined) throw new Error(`cannot measure ${unit}: its Mimir does not run`);
      return pid;
    }),
  );
}

/** What a process has used. */
export function readUsage(pid: number): Usage {
  const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  return parseUsage(read('stat'), read('status'));
}

/** Reads the files `stat` and `status` of a process (Linux: proc(5)). */
export function parseUsage(stat: string, status: string): Usage {
  // The program's name, in brackets, may have blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number);
  const resident = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  if (user === undefined || system === undefined || resident === undefined)
    throw new Error('cannot read what a process used: /proc has it in another form');
  return { processorSeconds: (user + system) / ticks, residentBytes: Number(resident) * 1024 };
}
