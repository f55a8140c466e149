import type { Ask } from '../http.ts';

const pushes = /^cortex_request_duration_seconds_count\{(?=[^}]*route="api_v1_push")[^}]*\} (\S+)$/gm;

/**
 * How many remote-write requests these units of Mimir answered since each of them started: what a sender's journal calls
 * `requests`, if nobody else sends and no unit was restarted. Throws if one does not say.
 */
export async function countPushes(units: readonly Ask[]): Promise<number> {
  const counted = await Promise.all(units.map(countOf));
  return counted.reduce((sum, count) => sum + count, 0);
}

async function countOf(unit: Ask): Promise<number> {
  const { status, text } = await unit('/metrics', { timeoutMs: 10_000 });
  if (status !== 200) throw new Error(`cannot count requests: ${status} ${text.slice(0, 500)}`);
  return [...text.matchAll(pushes)].reduce((sum, [, count]) => sum + Number(count), 0);
}
