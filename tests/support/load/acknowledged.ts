import { z } from 'zod';
import {
  acknowledgedGroup,
  type AcknowledgedGroup,
} from '../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';
import { journalPort } from '../../../src/simulator/stand-ins/remote-write-sender/targets.ts';
import type { Ask } from '../http.ts';
import type { UnitPort } from '../simulation.ts';

const listed = z.record(z.string(), z.array(acknowledgedGroup));

const counts = z.looseObject({
  acknowledged: z.int(),
  deduplicated: z.int(),
  pending: z.int(),
  dropped: z.int(),
  /** Requests that were answered. */
  requests: z.int(),
  /** Requests that were sent again. */
  retries: z.int(),
  urls: z.record(z.string(), z.looseObject({ requests: z.int(), lastError: z.string().optional() })),
});

/** Mimir tells a sender to come again after 96 s at most (Mimir: distributor.retry-after-header.max-backoff). */
export const longestWaitSeconds = 130;

/** What a sender's journal counts, of all URLs together. */
export type SenderCounts = z.infer<typeof counts>;

/** The port of a sender's unit that {@link readCounts} and {@link readAcknowledged} ask. */
export function senderPort(unit: string): UnitPort {
  return { unit, port: journalPort };
}

/** What a sender's unit has counted so far. */
export async function readCounts(sender: Ask): Promise<SenderCounts> {
  return counts.parse(await read(sender, '/journal'));
}

/** Every sample that was acknowledged to a sender's unit, by the URL that did. */
export async function readAcknowledged(
  sender: Ask,
): Promise<Readonly<Record<string, readonly AcknowledgedGroup[]>>> {
  return listed.parse(await read(sender, '/acknowledged'));
}

async function read(sender: Ask, path: string): Promise<unknown> {
  const { status, text } = await sender(path, { timeoutMs: 10_000 });
  if (status !== 200) throw new Error(`cannot read ${path} of the sender: ${status} ${text}`);
  return JSON.parse(text);
}
