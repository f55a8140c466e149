import * as z from 'zod/mini';
import { defineAction } from './action.ts';
import { whenReady } from './when-ready.ts';

const params = z.strictObject({ state: z._default(z.enum(['all', 'firing', 'pending']), 'all') });

/** `list-alerts`: the alerts that the ruler has pending or firing, as JSON, gravest first. */
export const listAlerts = defineAction(params, ({ state }, ports) =>
  whenReady(ports, async (mimir) => {
    const alerts = (await mimir.alerts()).filter((alert) => state === 'all' || alert.state === state);
    const sorted = alerts.toSorted((a, b) => (a.state < b.state ? -1 : 1));
    return { count: alerts.length, alerts: JSON.stringify(sorted) };
  }),
);
