import { z } from 'zod';
import { defineAction } from './action.ts';

/** `get-config`: the configuration that Mimir runs with, as Mimir's `/config` shows it, secrets masked by Mimir. */
export const getConfig = defineAction(z.strictObject({}), async (_params, { mimir }) => {
  const readiness = await mimir.unit.ready();
  if (!readiness.ready) {
    return {
      ok: false,
      reason: `Mimir of this unit is not ready (${readiness.reason}); wait until juju status shows it active and run this again.`,
    };
  }
  return { ok: true, results: { config: await mimir.unit.config() } };
});
