import type { MimirClient } from '../../mimir/api.ts';
import { MimirApiError } from '../../mimir/errors.ts';
import type { Ports } from '../ports.ts';
import type { ActionResult } from './action.ts';

/** Asks this unit's Mimir if it is ready; else says why it is not, and what to do. */
export async function whenReady(
  { mimir }: Ports,
  ask: (mimir: MimirClient) => Promise<Extract<ActionResult, { ok: true }>['results']>,
): Promise<ActionResult> {
  const readiness = await mimir.unit.ready();
  if (!readiness.ready) return { ok: false, reason: notReady(readiness.reason) };
  try {
    return { ok: true, results: await ask(mimir.unit) };
  } catch (error) {
    if (!(error instanceof MimirApiError)) throw error;
    return { ok: false, reason: `${error.message}; look at juju status, and run this again.` };
  }
}

function notReady(reason: string): string {
  return `Mimir of this unit is not ready (${reason}); run this on a unit that juju status shows active, or wait for this one.`;
}
