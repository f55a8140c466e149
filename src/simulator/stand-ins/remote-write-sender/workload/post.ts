import { remoteWriteHeaders } from '../../../remote-write/encode.ts';
import { connectionReason } from '../../connection-reason.ts';
import type { PostResult } from './delivery.ts';

/** How long a receiver may take over one request (Prometheus: remote_write remote_timeout). */
const timeoutMs = 30_000;

/**
 * Makes one remote-write request. 5xx and 429 are worth sending again, as are lost connections and timeouts; any
 * other answer is final (Prometheus: Remote-Write specification 1.0). A redirect is refused and not followed: it
 * would turn the POST into a GET.
 */
export async function postWriteRequest(url: string, body: Uint8Array): Promise<PostResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: remoteWriteHeaders,
      body: Buffer.from(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.ok) return { kind: 'acknowledged' };
    const again = response.status >= 500 || response.status === 429;
    return { kind: again ? 'again' : 'refused', reason: `${response.status} ${text.trim().slice(0, 500)}` };
  } catch (error) {
    return { kind: 'again', reason: connectionReason(error) };
  }
}
