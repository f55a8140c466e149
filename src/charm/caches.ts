import { type Memcached, read } from '../interfaces/memcache.ts';
import {
  type CacheAddress,
  formatCacheAddress,
  isName,
  parseCacheAddresses,
  parseFormatted,
} from '../mimir/cache-address.ts';
import { cachesIn } from '../mimir/config/caches.ts';
import { paths } from '../mimir/paths.ts';
import { optionText } from './declared.ts';
import { briefly, type Problem } from './problem.ts';
import { type Snapshot, unitBagsInOrder } from './snapshot.ts';

/** The memcacheds that are asked for. */
export interface InterpretedCaches {
  /** Undefined if the option cannot be read. */
  readonly caches: readonly CacheAddress[] | undefined;
  /** Those with which a Mimir can do that runs, but not one that starts: none of their names resolves by now. */
  readonly onlyWhileRunning: readonly CacheAddress[];
  readonly problems: readonly Problem[];
}

type Asked = Pick<Snapshot, 'options' | 'caches'>;

/** Names, of all memcacheds that are asked for, which have to be looked up. */
export function cacheNames(snapshot: Asked): readonly string[] {
  const { found } = gather(snapshot);
  return [...new Set(found.filter(({ address }) => isName(address)).map(({ address }) => address.host))];
}

/**
 * Reads relations and option. A name that does not resolve is left out with a word about it, unless Mimir runs with it
 * already: its name server may be away for a moment, and to leave it out and take it in again would be two restarts. But a
 * Mimir that starts exits if no name resolves.
 */
export function interpretCaches(snapshot: Snapshot): InterpretedCaches {
  const { found, problems, isReadable } = gather(snapshot);
  const inUse = addressesInUse(snapshot);
  const usable = found.flatMap(({ address }) => resolved(address, snapshot));
  const lost = found.filter(({ address }) => resolved(address, snapshot).length === 0);
  const kept = lost.flatMap(({ address }) => inUse.filter((one) => isMeant(address, one)));
  return {
    caches: isReadable ? (usable.length === 0 ? [] : [...usable, ...kept]) : undefined,
    onlyWhileRunning: usable.length === 0 ? kept : [],
    problems: [...problems, ...lost.map(({ source, address }) => unresolved(source, address))],
  };
}

/** Tells whether Mimir can start with an older configuration, or runs with its memcacheds: one has to resolve. */
export function isStartable(snapshot: Snapshot, config: string): boolean {
  const named = parseFormatted(cachesIn(config));
  if (named.length === 0) return true;
  const usable = gather(snapshot).found.flatMap(({ address }) => resolved(address, snapshot));
  const fit = new Set([...usable, ...addressesInUse(snapshot)].map(formatCacheAddress));
  return named.some((address) => !isName(address) || fit.has(formatCacheAddress(address)));
}

/** An address with its full name, which Mimir wants: it completes none; nothing if it does not resolve. */
function resolved(address: CacheAddress, { fullNames }: Snapshot): readonly CacheAddress[] {
  if (!isName(address)) return [address];
  const host = fullNames.get(address.host);
  return host === undefined ? [] : [{ ...address, host }];
}

/** Whether an address in use came of one that is asked for, which may be a short name. */
function isMeant(asked: CacheAddress, used: CacheAddress): boolean {
  const host = asked.host.replace(/\.$/, '');
  return asked.port === used.port && (used.host === host || used.host.startsWith(`${host}.`));
}

/** Memcacheds that a Mimir runs with. */
function addressesInUse({ workload }: Snapshot): readonly CacheAddress[] {
  if (!workload.reachable || workload.service !== 'active') return [];
  return parseFormatted(cachesIn(workload.files.get(paths.config) ?? ''));
}

interface Found {
  readonly source: string;
  readonly address: CacheAddress;
}

interface Gathered {
  readonly found: readonly Found[];
  readonly isReadable: boolean;
  readonly problems: readonly Problem[];
}

function gather({ options, caches }: Asked): Gathered {
  const source = 'memcached_addresses';
  const parsed = parseCacheAddresses(optionText(options, source));
  const problems: Problem[] = [];
  const found: Found[] = [];
  if ('problem' in parsed)
    problems.push({ status: 'blocked', source, message: `${briefly(parsed.problem)}.` });
  else found.push(...parsed.addresses.map((address) => ({ source, address })));
  for (const relation of caches.relations.toSorted((a, b) => a.id - b.id)) {
    for (const [unit, bag] of unitBagsInOrder(relation)) {
      const told = read(bag);
      const where = `memcached:${relation.id}`;
      if (told.ok) found.push(...toFound(where, told.value));
      else problems.push(unreadable(where, { unit, reason: told.reason }));
    }
  }
  return { found, isReadable: !('problem' in parsed), problems };
}

function toFound(source: string, told: Memcached | undefined): readonly Found[] {
  return told === undefined ? [] : [{ source, address: told }];
}

function unreadable(source: string, { unit, reason }: { unit: string; reason: string }): Problem {
  const message = `${unit} caches nothing, what it tells cannot be used (${briefly(reason)}); mend it there.`;
  return { status: 'active', source, message };
}

function unresolved(source: string, { host }: CacheAddress): Problem {
  const message = `${briefly(host)} does not resolve: Mimir leaves it out, at its next start if not now; mend the name or take it out.`;
  return { status: 'active', source, message };
}
