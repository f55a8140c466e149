import * as z from 'zod/mini';
import type { Databag } from '../juju/index.ts';
import { type RuleEndpoint, ruleEndpoints } from './rule-sources.ts';

/** What is remembered of a sender whose rules are left out. */
export interface SenderNote {
  /** The endpoint of ours that it is related to. */
  readonly endpoint: RuleEndpoint;
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
  /** Fingerprints of senders' rules and of what came of them, by relation id. */
  readonly fingerprints: ReadonlyMap<number, string>;
}

/** The keys of the bag that we own. */
export const noteKeys = ['alertmanager_config', 'sender_notes', 'rule_fingerprints'] as const;

const relationId = z.string().check(z.regex(/^\d+$/));
const senderNote = z.object({
  // Notes of revisions before there was another endpoint do not name it.
  endpoint: z._default(z.enum(ruleEndpoints), 'receive-remote-write'),
  application: z.string(),
  error: z.string(),
  refused: z.string(),
});
const senderNotes = z.record(relationId, senderNote);
const fingerprints = z.record(relationId, z.string());

/** Reads the one note that most events need: the hash of the Alertmanager configuration that we gave to Mimir. */
export function notedAlertmanagerConfig(bag: Databag): string | undefined {
  return bag['alertmanager_config'];
}

/** Reads the notes; a bag of another revision of this charm that cannot be read holds none. */
export function readNotes(bag: Databag): LeaderNotes {
  return {
    alertmanagerConfig: notedAlertmanagerConfig(bag),
    senders: byRelation(senderNotes, bag['sender_notes']),
    fingerprints: byRelation(fingerprints, bag['rule_fingerprints']),
  };
}

function byRelation<T>(
  schema: z.ZodMiniType<Record<string, T>>,
  text: string | undefined,
): ReadonlyMap<number, T> {
  if (text === undefined) return new Map();
  try {
    const entries = Object.entries(schema.safeParse(JSON.parse(text)).data ?? {});
    return new Map(entries.map(([id, note]) => [Number(id), note]));
  } catch {
    return new Map();
  }
}

/** What the bag should hold for these notes; keys without a value are left out. */
export function publishNotes({ alertmanagerConfig, senders, fingerprints: prints }: LeaderNotes): Databag {
  return {
    ...(alertmanagerConfig === undefined ? {} : { alertmanager_config: alertmanagerConfig }),
    ...(senders.size === 0 ? {} : { sender_notes: toJson(senders) }),
    ...(prints.size === 0 ? {} : { rule_fingerprints: toJson(prints) }),
  };
}

/** The same text for the same notes: JSON has keys that are numbers in their order. */
function toJson(notes: ReadonlyMap<number, unknown>): string {
  return JSON.stringify(Object.fromEntries(notes));
}
