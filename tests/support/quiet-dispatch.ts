import { expect } from 'vitest';
import { z } from 'zod';
import type { DispatchSeam } from './dispatch-seam.ts';
import type { Simulation } from './simulation.ts';

const records = z.array(z.object({ operation: z.string(), tool: z.string() }));

/** Hook tools that change something; juju-log only says. */
const writes =
  /^(relation-set|status-set|open-port|close-port|application-version-set|secret-(?!get$|info-get$|ids$)|state-set|state-delete)/;

/**
 * An update-status of this unit, whose dispatches go through the seam, that writes nothing but one replan and spawns no
 * process. Returns the hook tools that it called, in their order.
 */
export async function expectQuietDispatch(
  simulation: Simulation,
  unit: string,
  seam: DispatchSeam,
): Promise<readonly string[]> {
  await simulation.ask({ command: 'record', unit, on: true });
  await seam.begin();
  await simulation.ask({ command: 'fire', unit, hook: 'update-status' });
  await simulation.settle();
  const { lines } = await seam.end();
  const calls = records.parse(await simulation.ask({ command: 'recorded', unit }));
  const tools = calls.filter(({ operation }) => operation === 'update-status').map(({ tool }) => tool);
  expect(tools).toContain('config-get');
  expect(tools.filter((tool) => writes.test(tool))).toEqual([]);
  const requests = lines.filter((line) => line.startsWith('update-status '));
  expect(requests.filter((line) => !line.startsWith('update-status GET '))).toEqual([
    'update-status POST /v1/services',
  ]);
  expect(lines.filter((line) => line.includes(' spawn '))).toEqual([]);
  return tools;
}
