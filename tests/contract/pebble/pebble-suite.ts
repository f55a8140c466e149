import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll } from 'vitest';

import { createPebbleClient } from '../../../src/pebble/index.ts';
import type { PebbleClient } from '../../../src/pebble/index.ts';
import { startPebble } from '../../support/pebble-process.ts';
import type { PebbleProcess } from '../../support/pebble-process.ts';

/** A running Pebble, a client of it, and the requests that the client made. */
export interface PebbleSuite {
  readonly pebble: PebbleProcess;
  readonly client: PebbleClient;
  readonly requests: string[];
}

/** Starts one Pebble for the whole test file; its members are there once the tests run. */
export function pebbleSuite(): () => PebbleSuite {
  let suite: PebbleSuite | undefined;
  beforeAll(async () => {
    const pebble = await startPebble();
    const requests: string[] = [];
    const onRequest = (method: string, path: string) => {
      requests.push(`${method} ${path}`);
    };
    suite = { pebble, client: createPebbleClient(pebble.socketPath, { onRequest }), requests };
  });
  afterAll(async () => {
    suite?.client.close();
    await suite?.pebble.stop();
  });
  return () => {
    if (suite === undefined) throw new Error('cannot use Pebble: it was not started');
    return suite;
  };
}

/** Asks again and again until the answer is true; throws after 15 s. */
export async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    if (await ask()) return;
    await sleep(50);
  }
  throw new Error(`cannot see that ${what}: not so after 15 s`);
}

/** Returns what a call rejects with. */
export async function rejection(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}
