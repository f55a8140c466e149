import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { createTrustingAgent } from './trusting-agent.ts';

/** A request that a stand-in makes. */
export interface StandInRequest {
  readonly method: string;
  readonly headers?: NodeJS.Dict<string | string[] | number>;
  readonly body?: Uint8Array | Readable;
  /** For an https URL, one that knows whom to trust. */
  readonly agent: Agent;
  /** Until the whole answer must be there; no limit if left out. */
  readonly timeoutMs?: number;
}

/** A request that no other follows, so that it has a connection of its own. */
export interface SingleRequest extends Omit<StandInRequest, 'agent'> {
  /** Certificates in PEM of whom to trust beside the machine's own authorities. */
  readonly authorities: readonly string[];
}

/** Makes a request, and follows no redirect. Throws an error that says in its message why there is no answer. */
export function sendRequest(
  url: string | URL,
  { method, headers = {}, body, agent, timeoutMs }: StandInRequest,
): Promise<IncomingMessage> {
  const send = isSecure(url) ? httpsRequest : httpRequest;
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { method, headers, agent, ...(signal && { signal }) });
    outgoing.once('response', resolve);
    outgoing.on('error', (error) => {
      const late = signal?.aborted === true ? `no answer within ${(timeoutMs ?? 0) / 1000} s` : undefined;
      reject(new Error(late ?? reasonOf(error, outgoing), { cause: error }));
    });
    if (body === undefined || body instanceof Uint8Array) outgoing.end(body);
    else pipeline(body, outgoing).catch(reject);
  });
}

/** Makes a request that no other follows, as {@link sendRequest} does, and reads its answer. */
export async function sendSingleRequest(
  url: string,
  { authorities, ...request }: SingleRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  const agent = isSecure(url) ? createTrustingAgent(authorities) : new Agent();
  const answer = await sendRequest(url, { ...request, agent });
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/** Whether a URL is one of https. */
export function isSecure(url: string | URL): boolean {
  return String(url).startsWith('https:');
}

function reasonOf(error: Error, { socket }: ClientRequest): string {
  // Of a host with several addresses, each of which failed.
  if (error instanceof AggregateError) return error.errors.map(String).join(', ');
  const refused = socket instanceof TLSSocket && Boolean(socket.authorizationError);
  return refused ? `its certificate is not trusted: ${error.message}` : error.message;
}
