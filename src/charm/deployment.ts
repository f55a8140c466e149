import { read } from '../interfaces/alertmanager-dispatch.ts';
import type { CacheAddress } from '../mimir/cache-address.ts';
import type { MimirDeployment, Replication, Store } from '../mimir/config/deployment.ts';
import { parseLogLevel } from '../mimir/log-level.ts';
import { paths } from '../mimir/paths.ts';
import { parseRetention } from '../mimir/retention.ts';
import { applicationHostname, unitsHostname } from './addresses.ts';
import { interpretAuthorities } from './authorities.ts';
import { interpretCaches } from './caches.ts';
import type { Authorities } from './charm-state.ts';
import { type OptionName, optionText } from './declared.ts';
import type { InterpretedAddresses } from './ingress.ts';
import type { Members } from './members.ts';
import { type InterpretedStore, interpretStore, storeInUse } from './object-store.ts';
import { briefly, type Problem } from './problem.ts';
import { clusterLabel, type InterpretedReplication, interpretReplication } from './replication.ts';
import { type Snapshot, unitBagsInOrder } from './snapshot.ts';
import type { InterpretedTls } from './tls.ts';
import { interpretTracing } from './workload-tracing.ts';

/** What Mimir's configuration file is rendered from, and what was found wrong on the way. */
export interface InterpretedDeployment {
  /** Undefined if an option cannot be used: then the last good configuration stays. */
  readonly deployment: MimirDeployment | undefined;
  /** Memcacheds that Mimir may go on with, but cannot start with. */
  readonly cachesWhileRunning: readonly CacheAddress[];
  readonly authorities: Authorities;
  /** URL that Mimir is to post its traces to; undefined for none. */
  readonly tracesTo: string | undefined;
  readonly replication: InterpretedReplication;
  readonly problems: readonly Problem[];
}

/** Reads the options and relations that Mimir's configuration file depends on. */
export function interpretDeployment(
  snapshot: Snapshot,
  members: Members,
  { addresses, tls }: { readonly addresses: InterpretedAddresses; readonly tls: InterpretedTls },
): InterpretedDeployment {
  const { options } = snapshot;
  const retention = parseRetention(optionText(options, 'tsdb_block_retention_period'));
  const logLevel = parseLogLevel(optionText(options, 'log_level'));
  const alertmanagers = interpretAlertmanagers(snapshot);
  const { store, authorities, problems: storeProblems } = interpretTrustedStore(snapshot, members, tls);
  const { caches, onlyWhileRunning: cachesWhileRunning, problems: cacheProblems } = interpretCaches(snapshot);
  const tracing = interpretTracing(snapshot);
  const kind = store?.kind ?? storeHeld(snapshot);
  const replication = interpretReplication(snapshot, members, kind);
  const problems = [
    ...optionProblem('tsdb_block_retention_period', retention),
    ...optionProblem('log_level', logLevel),
    ...storeProblems,
    ...[replication, alertmanagers, tracing].flatMap((found) => found.problems),
    ...cacheProblems,
  ];
  const rest = { cachesWhileRunning, authorities, tracesTo: tracing.tracesTo, replication, problems };
  if ('problem' in retention || 'problem' in logLevel || store === undefined || caches === undefined) {
    return { deployment: undefined, ...rest };
  }
  const deployment: MimirDeployment = {
    dataDir: paths.dataDir,
    configDir: paths.configDir,
    externalUrl: alertmanagerOrigin(addresses),
    blocksRetention: retention.milliseconds,
    logLevel: logLevel.level,
    haTracker: optionText(options, 'ha_tracker') === 'true',
    store,
    caches,
    replication: renderedReplication(snapshot, replication),
    tls: tls.files && { serverName: applicationHostname(snapshot.identity) },
    alertmanagerUrls: alertmanagers.urls,
  };
  return { deployment, ...rest };
}

/** Where there is a file of authorities for the object store, Mimir asks it with no others than those. */
function interpretTrustedStore(
  snapshot: Snapshot,
  members: Members,
  { files }: InterpretedTls,
): Pick<InterpretedStore, 'store' | 'problems'> & { readonly authorities: Authorities } {
  const { store, ca, problems } = interpretStore(snapshot, members);
  const { trusted, problems: others } = interpretAuthorities(snapshot, files?.ca ?? '');
  const authorities = { store: ca === '' ? '' : ca + trusted, trusted };
  return { store, authorities, problems: [...problems, ...others] };
}

function renderedReplication(
  { identity }: Pick<Snapshot, 'identity'>,
  { factor, cluster }: InterpretedReplication,
): Replication {
  return { factor, label: clusterLabel(identity, cluster), unitsHostname: unitsHostname(identity) };
}

/** Mimir's Alertmanager has no page below the path of an ingress: nothing restarts for an address that it cannot have. */
function alertmanagerOrigin({ application, external }: InterpretedAddresses): string {
  return new URL(external).pathname === '/' ? external : application;
}

/** Where the blocks are as long as nothing else can be told. */
function storeHeld({ workload }: Snapshot): Store['kind'] | undefined {
  const inUse = storeInUse(workload);
  if (inUse === undefined) return undefined;
  return inUse === 's3' ? 's3' : 'local';
}

/** An option's problem, Blocked, if it has one. */
export function optionProblem(option: OptionName, parsed: object): readonly Problem[] {
  if (!('problem' in parsed) || typeof parsed.problem !== 'string') return [];
  return [{ status: 'blocked', source: option, message: `${briefly(parsed.problem)}.` }];
}

/** Every unit of every related Alertmanager; one that names no usable URL is left out, with a warning. */
function interpretAlertmanagers({ alertmanagers }: Snapshot): {
  readonly urls: readonly string[];
  readonly problems: readonly Problem[];
} {
  const urls = new Set<string>();
  const problems: Problem[] = [];
  for (const relation of alertmanagers.relations) {
    for (const [unit, bag] of unitBagsInOrder(relation)) {
      const found = read(bag);
      if (found.ok && found.value !== undefined) urls.add(found.value);
      if (found.ok) continue;
      const message = `${unit} gets no alerts, its URL cannot be used (${briefly(found.reason)}); mend it there.`;
      problems.push({ status: 'active', source: `alertmanager:${relation.id}`, message });
    }
  }
  return { urls: [...urls].toSorted(), problems };
}
