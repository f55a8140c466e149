import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** A notice of Pebble, as far as Juju looks at it. */
export const pebbleNotice = z.object({
  id: z.string(),
  type: z.string(),
  key: z.string(),
  'last-repeated': z.string(),
  /** Of a change of a check: `kind` and `check-name`. */
  'last-data': z.record(z.string(), z.string()).nullish(),
});

/** A change of Pebble, as far as Juju looks at it. */
const pebbleChange = z.object({ status: z.string() });

/** A parsed notice. */
export type PebbleNotice = z.infer<typeof pebbleNotice>;
/** A parsed change. */
export type PebbleChange = z.infer<typeof pebbleChange>;

const envelope = z.object({ type: z.string(), result: z.unknown() });

/** The boot id of the Pebble behind a socket; throws if none answers. */
export async function readBootId(socketPath: string): Promise<string> {
  const { 'boot-id': bootId } = z
    .object({ 'boot-id': z.string() })
    .parse(await get(socketPath, '/v1/system-info'));
  return bootId;
}

/** Notices that Juju tells charms of, after a time as Pebble wrote it; waits up to `waitSeconds` for the first. */
export async function readNotices(
  socketPath: string,
  from: { readonly after: string | undefined; readonly waitSeconds: number; readonly signal: AbortSignal },
): Promise<readonly PebbleNotice[]> {
  const query = new URLSearchParams({ users: 'all' });
  query.append('types', 'custom');
  query.append('types', 'change-update');
  if (from.after !== undefined) query.set('after', from.after);
  if (from.waitSeconds > 0) query.set('timeout', `${from.waitSeconds}s`);
  return z.array(pebbleNotice).parse(await get(socketPath, `/v1/notices?${query.toString()}`, from.signal));
}

/** A change by its id. */
export async function readChange(socketPath: string, id: string): Promise<PebbleChange> {
  return pebbleChange.parse(await get(socketPath, `/v1/changes/${id}`));
}

function get(socketPath: string, path: string, signal?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent: false, ...(signal && { signal }) }, (response) => {
      text(response)
        .then((body) => {
          const { type, result } = envelope.parse(JSON.parse(body));
          if (type === 'error') throw new Error(`cannot ask Pebble for ${path}: ${body}`);
          resolve(result);
        })
        .catch(reject);
    });
    call.on('error', reject);
    call.end();
  });
}
