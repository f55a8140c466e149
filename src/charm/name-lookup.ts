import { Resolver } from 'node:dns/promises';

/** Longest time for the look-up of all names together, in milliseconds. */
const boundMs = 2_000;

/**
 * Finds the full name of each name that has an address, as a pod's resolver does by its resolv.conf. A name that no server
 * answers for in time has none. Not by `dns.lookup`: it does not tell the full name, which Mimir wants, and it cannot be
 * cancelled, so that the process would not end before a name server that is away has been waited for.
 */
export async function findFullNames(
  names: readonly string[],
  resolvConf: string,
): Promise<ReadonlyMap<string, string>> {
  const found = await withResolver(resolvConf, boundMs, (resolver) =>
    Promise.all(
      names.map(async (name) => [name, await firstFound(resolver, candidates(name, resolvConf))] as const),
    ),
  );
  return new Map(found.flatMap(([name, one]) => (one === undefined ? [] : [[name, one.name] as const])));
}

/** Finds an address of a name in the same way, within so many milliseconds. */
export async function findAddress(
  name: string,
  resolvConf: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const found = await withResolver(resolvConf, timeoutMs, (resolver) =>
    firstFound(resolver, candidates(name, resolvConf)),
  );
  return found?.address;
}

/** Cancels all queries that were not answered in time. */
async function withResolver<T>(
  resolvConf: string,
  timeoutMs: number,
  use: (resolver: Resolver) => Promise<T>,
): Promise<T> {
  const servers = [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = '']) => server);
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const timer = setTimeout(() => {
    resolver.cancel();
  }, timeoutMs);
  try {
    return await use(resolver);
  } finally {
    clearTimeout(timer);
    resolver.cancel();
  }
}

/** What a name may mean, in the order of man 5 resolv.conf: one with many dots is taken for a full one first. */
function candidates(name: string, resolvConf: string): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = /^search\s+(.*)$/m.exec(resolvConf)?.[1]?.trim().split(/\s+/) ?? [];
  const completed = searched.map((domain) => `${name}.${domain.replace(/\.$/, '')}`);
  const dots = Number(/^options\s.*\bndots:(\d+)/m.exec(resolvConf)?.[1] ?? '1');
  return name.split('.').length > dots ? [name, ...completed] : [...completed, name];
}

interface Found {
  readonly name: string;
  readonly address: string;
}

async function firstFound(resolver: Resolver, names: readonly string[]): Promise<Found | undefined> {
  const addresses = await Promise.all(names.map((name) => addressOf(resolver, name)));
  const found = names.map((name, index) => ({ name, address: addresses[index] }));
  return found.find((one): one is Found => one.address !== undefined);
}

function addressOf(resolver: Resolver, name: string): Promise<string | undefined> {
  return Promise.any([resolver.resolve4(name), resolver.resolve6(name)]).then(
    ([address]) => address,
    // No such name, no address of it, or no answer in time: to us these are one.
    () => undefined,
  );
}
