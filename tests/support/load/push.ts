import {
  encodeWriteRequest,
  remoteWriteHeaders,
  type TimeSeries,
} from '../../../src/simulator/remote-write/encode.ts';
import type { Ask } from '../http.ts';

/** Sends series to a Mimir by hand, past any sender; throws if they are not taken. */
export async function push(mimir: Ask, series: readonly TimeSeries[]): Promise<void> {
  const body = encodeWriteRequest(series);
  const { status, text } = await mimir('/api/v1/push', { method: 'POST', headers: remoteWriteHeaders, body });
  if (status !== 200) throw new Error(`cannot push: ${status} ${text.slice(0, 500)}`);
}
