import * as z from 'zod/mini';
import type { Databag } from '../juju/index.ts';
import type { Known } from './snapshot.ts';

/** What is remembered of a sender whose rules are left out. */
export interface SenderNote {
  /** The sender's application. */
  readonly application: string;
  /** What is wrong with its rules. */
  readonly error: string;
  /** Digest of the rules that the ruler refused: the same are not tried again. Empty if we refused them ourselves. */
  readonly refused: string;
}

/**
 * What the leader keeps in the peer relation's application bag for later dispatches, whoever leads then. An event
 * about one sender reads that sender only, so what is wrong with the others must be remembered.
 */
export interface LeaderNotes {
  /** Hash of the Alertmanager configuration that we gave to Mimir; undefined if we gave it none. */
  readonly alertmanagerConfig: string | undefined;
  /** Senders whose rules are left out, by relation id. */
  readonly senders: ReadonlyMap<number, SenderNote>;
}

/** The keys of the bag that we own. */
export const noteKeys = ['alertmanager_config', 'sender_notes'] as const;

const senderNotes = z.record(
  z.string().check(z.regex(/^\d+$/)),
  z.object({ application: z.string(), error: z.string(), refused: z.string() }),
);

/** Reads the notes; a bag of another revision of this charm that cannot be read holds none. */
export function readNotes(bag: Known<Databag>): LeaderNotes {
  const { alertmanager_config: hash, sender_notes: text = '{}' }: Databag = bag === 'unobserved' ? {} : bag;
  const entries = Object.entries(parseSenders(text));
  return { alertmanagerConfig: hash, senders: new Map(entries.map(([id, note]) => [Number(id), note])) };
}

function parseSenders(text: string): z.infer<typeof senderNotes> {
  try {
    return senderNotes.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

/** What the bag should hold for these notes; keys without a value are left out. */
export function publishNotes({ alertmanagerConfig, senders }: LeaderNotes): Databag {
  const sorted = Object.fromEntries([...senders].toSorted(([a], [b]) => a - b));
  return {
    ...(alertmanagerConfig === undefined ? {} : { alertmanager_config: alertmanagerConfig }),
    ...(senders.size === 0 ? {} : { sender_notes: JSON.stringify(sorted) }),
  };
}
