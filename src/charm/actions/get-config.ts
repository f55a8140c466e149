import * as z from 'zod/mini';
import { defineAction } from './action.ts';
import { whenReady } from './when-ready.ts';

/** `get-config`: the configuration that Mimir runs with, as Mimir's `/config` shows it, secrets masked by Mimir. */
export const getConfig = defineAction(z.strictObject({}), (_params, ports) =>
  whenReady(ports, async (mimir) => ({ config: await mimir.config() })),
);
