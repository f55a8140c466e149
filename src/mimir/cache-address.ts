import { isIP } from 'node:net';

/** Where a memcached listens. */
export interface CacheAddress {
  /** Name, or address without brackets. */
  readonly host: string;
  readonly port: number;
}

const nameAndPort = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}))\s*:\s*(\d{1,5})$/;

/**
 * Parses a list of memcacheds, `host:port` with commas between them.
 *
 * @returns the addresses, or a sentence that tells the administrator what to write instead.
 */
export function parseCacheAddresses(
  text: string,
): { readonly addresses: readonly CacheAddress[] } | { readonly problem: string } {
  const addresses: CacheAddress[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [, host = '', port = ''] = nameAndPort.exec(item) ?? [];
    const bare = host.replace(/^\[|\]$/g, '');
    const isHost = host !== '' && (host === bare || isIP(bare) === 6);
    if (!isHost || !isPort(Number(port)))
      return {
        problem: `"${item}" is not a host and port; write a list such as memcached:11211,10.1.0.7:11211`,
      };
    addresses.push({ host: bare.toLowerCase(), port: Number(port) });
  }
  return { addresses };
}

/** Tells whether a host is a name, which has to be looked up, and not an address. */
export function isName({ host }: CacheAddress): boolean {
  return isIP(host) === 0;
}

/**
 * Says an address as Mimir takes it. A name, which has to be a full one, is looked up by Mimir's service discovery: it takes
 * all addresses, looks again every 30 s, and goes on without one of several names. Without `dns+`, any name that is gone
 * would stop Mimir at its start.
 */
export function formatCacheAddress({ host, port }: CacheAddress): string {
  if (isIP(host) === 0) return `dns+${host}:${port}`;
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads what `formatCacheAddress` says; anything else is left out. */
export function parseFormatted(texts: readonly string[]): readonly CacheAddress[] {
  return texts.flatMap((text) => {
    const parsed = parseCacheAddresses(text.replace(/^dns\+/, ''));
    return 'problem' in parsed ? [] : parsed.addresses;
  });
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}
