import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { createHttpClient } from '../http/http-client.ts';
import { encodeTrace } from './encode-trace.ts';
import type { Trace, TraceReceiver } from './trace.ts';

/** Longest time in milliseconds for one trace, from looking the receiver's name up to its answer. */
const boundMs = 1_000;

/** Finds an address of a host within so many milliseconds; undefined if it has none by then. */
export type FindAddress = (host: string, timeoutMs: number) => Promise<string | undefined>;

/**
 * Sends a trace by OTLP over HTTP, in JSON; within a second it is done or has failed.
 * @throws Error that says why it was not taken.
 */
export async function sendTrace(
  trace: Trace,
  { url, authorities }: TraceReceiver,
  findAddress: FindAddress,
): Promise<void> {
  const end = performance.now() + boundMs;
  const remaining = () => Math.max(1, Math.ceil(end - performance.now()));
  const { protocol, hostname, host, port, pathname } = new URL(url);
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const address = isIP(name) === 0 ? await findAddress(name, boundMs) : name;
  if (address === undefined) throw new Error(`cannot send a trace to ${url}: ${name} does not resolve`);
  const isSecure = protocol === 'https:';
  const ca = () => [...getCACertificates('default'), authorities].join('\n');
  const client = createHttpClient({
    host: address,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    ...(isSecure ? { tls: { ca: ca(), serverName: name } } : {}),
  });
  try {
    const { status } = await client.send({
      ...{ method: 'POST', path: pathname, timeoutMs: remaining() },
      headers: { Host: host, 'Content-Type': 'application/json' },
      body: encodeTrace(trace, (bytes) => randomBytes(bytes).toString('hex')),
    });
    if (status < 200 || status > 299) throw new Error(`it answers ${status}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot send a trace to ${url}: ${why}`, { cause });
  } finally {
    client.close();
  }
}
