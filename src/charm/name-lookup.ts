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
  const servers = [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = '']) => server);
  const resolver = new Resolver({ timeout: boundMs, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const timer = setTimeout(() => {
    resolver.cancel();
  }, boundMs);
  try {
    const found = await Promise.all(
      names.map(
        async (name) => [name, await firstWithAddress(resolver, candidates(name, resolvConf))] as const,
      ),
    );
    return new Map(found.flatMap(([name, full]) => (full === undefined ? [] : [[name, full] as const])));
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

async function firstWithAddress(resolver: Resolver, names: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(names.map((name) => hasAddress(resolver, name)));
  return names.find((_name, index) => found[index]);
}

function hasAddress(resolver: Resolver, name: string): Promise<boolean> {
  return Promise.any([resolver.resolve4(name), resolver.resolve6(name)]).then(
    () => true,
    // No such name, no address of it, or no answer in time: to us these are one.
    () => false,
  );
}
