import { Agent, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { remoteWriteHeaders } from '../../../remote-write/encode.ts';
import { isSecure, sendRequest } from '../../send-request.ts';
import { keepTrustingAgent } from '../../trusting-agent.ts';
import type { PostResult } from './delivery.ts';

/** How long a receiver may take over one request (Prometheus: remote_write remote_timeout). */
const timeoutMs = 30_000;

/** One connection a receiver, kept until either side ends it, as Go's HTTP client keeps it: a Service balances only new ones. */
const plain = new Agent({ keepAlive: true });
const secure = keepTrustingAgent({ keepAlive: true });

/** A request to be made. */
export interface WriteRequest {
  readonly url: string;
  readonly body: Uint8Array;
  /** How often this body has been sent before. */
  readonly attempt: number;
  /** Certificates in PEM of whom to trust beside the machine's own authorities. */
  readonly authorities?: readonly string[];
}

/**
 * Makes one remote-write request. 5xx and 429 are worth sending again, at the time that the receiver names, as are lost
 * connections and timeouts; any other answer is final (Prometheus: storage/remote/client.go, with `retry_on_http_429`).
 * A redirect is refused and not followed: it would turn the POST into a GET. A receiver that is not trusted is lost as well,
 * and so its samples wait until it is.
 */
export async function postWriteRequest(write: WriteRequest): Promise<PostResult> {
  try {
    const response = await post(write);
    return resultOf(response, await text(response));
  } catch (error) {
    return { kind: 'lost', reason: error instanceof Error ? error.message : String(error) };
  }
}

function post({ url, body, attempt, authorities = [] }: WriteRequest): Promise<IncomingMessage> {
  const headers = {
    ...remoteWriteHeaders,
    'Content-Length': body.length,
    ...(attempt > 0 && { 'Retry-Attempt': attempt }),
  };
  const agent = isSecure(url) ? secure(authorities) : plain;
  return sendRequest(url, { method: 'POST', headers, body, agent, timeoutMs });
}

function resultOf({ statusCode = 0, headers }: IncomingMessage, body: string): PostResult {
  // Mimir's answer to a replica that is not the elected one: it has taken the samples and does not keep them.
  if (statusCode === 202) return { kind: 'deduplicated' };
  if (statusCode >= 200 && statusCode < 300) return { kind: 'acknowledged' };
  const reason = `${statusCode} ${body.trim().slice(0, 500)}`;
  if (statusCode < 500 && statusCode !== 429) return { kind: 'refused', reason };
  return { kind: 'again', reason, afterMs: retryAfterMs(headers['retry-after']) };
}

/** Milliseconds that a Retry-After header asks to wait, as seconds or as a date; 0 if it asks nothing. */
function retryAfterMs(header = ''): number {
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}
