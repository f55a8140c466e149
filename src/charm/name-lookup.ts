import type { Names } from './ports.ts';

/** Longest time for the look-up of all names together, in milliseconds. */
const boundMs = 2_000;

/**
 * Looks names up as a pod's resolver does, out of the text of its resolv.conf. Not by `dns.lookup`: it cannot be cancelled,
 * and the process would not end before a name server that is away has been waited for, up to half a minute.
 */
export function createNames(resolvConf: string): Names {
  const searched = /^search\s+(.*)$/m.exec(resolvConf)?.[1]?.trim().split(/\s+/) ?? [];
  const servers = [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = '']) => server);
  return {
    unresolved: async (names) => {
      if (names.length === 0) return new Set();
      // Few dispatches need it: it is loaded then.
      const { Resolver } = await import('node:dns/promises');
      const resolver = new Resolver({ timeout: boundMs, tries: 1 });
      if (servers.length > 0) resolver.setServers(servers);
      const timer = setTimeout(() => {
        resolver.cancel();
      }, boundMs);
      const resolves = async (name: string): Promise<boolean> => {
        const full = name.endsWith('.') ? [name] : [name, ...searched.map((domain) => `${name}.${domain}`)];
        const queries = full.flatMap((one) => [resolver.resolve4(one), resolver.resolve6(one)]);
        return Promise.any(queries).then(
          () => true,
          // Of no name, no address of it, and no server in time: none of them is a memcached.
          () => false,
        );
      };
      try {
        const found = await Promise.all(names.map(resolves));
        return new Set(names.filter((_name, index) => found[index] === false));
      } finally {
        clearTimeout(timer);
        resolver.cancel();
      }
    },
  };
}
