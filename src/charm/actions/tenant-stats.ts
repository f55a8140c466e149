import * as z from 'zod/mini';
import { defineAction } from './action.ts';
import { whenReady } from './when-ready.ts';

/** `tenant-stats`: Mimir's own figures of its one tenant, from every unit together. */
export const tenantStats = defineAction(z.strictObject({}), (_params, ports) =>
  whenReady(ports, async (mimir) => {
    const { numSeries, ingestionRate } = await mimir.userStats();
    return { series: numSeries, 'samples-per-second': Math.round(ingestionRate * 100) / 100 };
  }),
);
