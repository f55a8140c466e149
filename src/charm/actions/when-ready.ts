import type { MimirClient } from '../../mimir/api.ts';
import { MimirApiError } from '../../mimir/errors.ts';
import { paths } from '../../mimir/paths.ts';
import { isAbsent, tlsSpokenIn } from '../observe-workload.ts';
import type { Ports } from '../ports.ts';
import type { ActionResult } from './action.ts';

/** Asks this unit's Mimir if it is ready; else says why it is not, and what to do. */
export async function whenReady(
  ports: Ports,
  ask: (mimir: MimirClient) => Promise<Extract<ActionResult, { ok: true }>['results']>,
): Promise<ActionResult> {
  const unit = await findUnit(ports);
  const readiness = await unit.ready();
  if (!readiness.ready) return { ok: false, reason: notReady(readiness.reason) };
  try {
    return { ok: true, results: await ask(unit) };
  } catch (error) {
    if (!(error instanceof MimirApiError)) throw error;
    return { ok: false, reason: `${error.message}; look at juju status, and run this again.` };
  }
}

/** This unit's Mimir, over TLS if the files of its container say so; in clear if the container is not there. */
async function findUnit({ mimir, pebble }: Ports): Promise<MimirClient> {
  try {
    return mimir(tlsSpokenIn(await pebble.readFiles([paths.config, paths.tlsFiles.ca]))).unit;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return mimir(undefined).unit;
  }
}

function notReady(reason: string): string {
  return `Mimir of this unit is not ready (${reason}); run this on a unit that juju status shows active, or wait for this one.`;
}
