import type { Agreement, Peer } from '../interfaces/mimir-peers.ts';
import type { AlertmanagerConfig } from '../mimir/alertmanager-config.ts';
import type { RuleGroup } from '../mimir/rule-group.ts';
import type { InterpretedAddresses } from './ingress.ts';
import type { LeaderNotes } from './leader-notes.ts';
import type { LogTargets } from './logging.ts';
import type { Problem } from './problem.ts';
import type { RuleEndpoint } from './rule-sources.ts';
import type { Known } from './snapshot.ts';
import type { TlsFiles } from './tls.ts';
import type { PlannedKey } from './plan.ts';

/** Certificates of authorities in PEM; empty for none. */
export interface Authorities {
  /** Those that sign the object store's own certificate. */
  readonly store: string;
  /** Those that Mimir trusts whomever it speaks to. */
  readonly trusted: string;
}

/** The configuration that Mimir should run with. */
export interface ChosenConfig {
  readonly text: string;
  /** `restartHash` of everything that needs a restart when it changes. */
  readonly hash: string;
  /** Undefined leaves the files of them as they are. */
  readonly authorities: Authorities | undefined;
  /** URL that Mimir posts its traces to; undefined for none. */
  readonly tracesTo: string | undefined;
  /** It says what the administrator asked for, and is not an older one kept in its place. */
  readonly asked: boolean;
}

/** One sender's rules, ready for the ruler. */
export interface SenderRules {
  readonly relationId: number;
  readonly endpoint: RuleEndpoint;
  readonly application: string | undefined;
  readonly groups: readonly RuleGroup[];
  /** Why this sender's rules were dropped, in words for the sender's administrator. */
  readonly error: string | undefined;
  /** Digest of the rules, if it was the ruler that refused them; else empty. */
  readonly refused: string;
  /** What tells these rules and the groups that came of them from all others; empty if none came of them. */
  readonly fingerprint: string;
}

/**
 * How far Mimir is on its way from the unit's disk to a bucket: what users put into it is read first, then it starts on
 * the bucket, and then gets that back.
 */
export type Move = 'keep-user-state' | 'leave-disk' | 'restore-user-state';

/**
 * What is asked before a plan can go on: the other units whether they serve, or this unit's Mimir
 * to bring all that it holds into the object storage, and to leave the others for good, too.
 */
export type WorkloadRequest =
  | { readonly kind: 'ask-peers'; readonly units: readonly AskedUnit[] }
  | { readonly kind: 'flush' }
  | { readonly kind: 'prepare-shutdown' };

/** A unit that is asked, by the name that it has in the network. */
export interface AskedUnit {
  readonly unit: string;
  readonly hostname: string;
}

/** The snapshot in Mimir's words. */
export interface CharmState {
  /** Undefined when nothing is fit to run: nothing valid was asked for and nothing good was kept. */
  readonly config: ChosenConfig | undefined;
  /** Undefined when nothing moves. */
  readonly move: Move | undefined;
  readonly limits: string;
  /** Files by which Mimir is to speak TLS; undefined if it is not to. */
  readonly tls: TlsFiles | undefined;
  /** The secret with this unit's key, as it should be. */
  readonly key: Known<PlannedKey>;
  /** This unit should run Mimir. */
  readonly run: boolean;
  readonly addresses: InterpretedAddresses;
  /** Where Mimir's log goes. */
  readonly logTargets: LogTargets;
  /** Exemplars are kept, so that Grafana may link them to traces. */
  readonly exemplars: boolean;
  /** What all relations are told has changed, and not all of them were read. */
  readonly sweep: boolean;
  /** What this unit tells the others. */
  readonly peer: Peer;
  /** What the leader tells all units. */
  readonly agreement: Agreement;
  /** What Mimir or the other units are asked before anything else changes in the container. */
  readonly request: WorkloadRequest | undefined;
  readonly senderRules: readonly SenderRules[];
  /** What Mimir's own Alertmanager should be given; unobserved leaves it alone. */
  readonly alertmanagerConfig: Known<AlertmanagerConfig | 'ours-gone'>;
  /** What the leader should remember. */
  readonly notes: LeaderNotes;
  readonly problems: readonly Problem[];
}
