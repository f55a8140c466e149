import { blocked, blockedByOptions, inContainer, type Hook, type UnitStatus } from '../run-dispatch.ts';
import type { Offer } from './answer.ts';
import { ensureKeys } from './credentials.ts';
import { StoreRefusal } from './objects.ts';
import { keysOf, options, type Options } from './options.ts';
import type { StorePorts } from './ports.ts';
import { answerAll, bucketsTold, readRequests } from './requests.ts';
import { answersInTime, isStopped, runStore, stopStore, storePort, storeUrl } from './store.ts';

/** Brings about what the options and relations say, and sets the unit's status. */
export async function reconcile(event: Hook, ports: StorePorts): Promise<void> {
  const { tools } = ports;
  // A revision that nobody tracks any more: a pair of keys of before.
  if (event.kind === 'secret-remove') await tools.secretRemove(event.id, event.revision);
  const set = options.safeParse(await tools.configGet());
  if (set.success) await bringAbout(event, set.data, ports);
  else await tools.statusSet({ ...blockedByOptions(set.error), application: false });
}

/**
 * Has Pebble run the store or not, makes the buckets, tells every application how to reach them, and sets the unit's
 * status, which is the answer. In an action there is no event.
 */
export async function bringAbout(
  event: Hook | undefined,
  set: Options,
  ports: StorePorts,
): Promise<UnitStatus> {
  await ports.tools.openPort(storePort);
  const shown = (await ports.tools.isLeader()) ? await lead(event, set, ports) : await follow(ports);
  await ports.tools.statusSet({ ...shown, application: false });
  return shown;
}

/** What there is to tell, with the keys that the options say, or the charm's own. Only the leader may ask. */
export async function offerOf(set: Options, { environment, tools }: StorePorts): Promise<Offer> {
  const { id, keys } = await ensureKeys(keysOf(set), tools);
  return { options: set, storeUrl: storeUrl(environment), keys, secretId: id };
}

async function lead(event: Hook | undefined, set: Options, ports: StorePorts): Promise<UnitStatus> {
  const { tools } = ports;
  const offer = await offerOf(set, ports);
  const requests = await readRequests(event, tools);
  const buckets = bucketsTold(requests, set);
  const problem = await keepStore(offer, buckets, ports);
  // Whoever is told would use the store at once, and it is not there yet.
  if (problem?.status === 'waiting') return problem;
  await answerAll(requests, offer, tools);
  const told = buckets.length === 0 ? 'tells of no bucket' : `buckets: ${buckets.join(', ')}`;
  return problem ?? { status: 'active', message: told };
}

async function follow({ pebble }: StorePorts): Promise<UnitStatus> {
  const problem = await inContainer('minio', () => stopStore(pebble));
  return problem ?? blocked('keeps nothing, since only the leader does: scale the application to 1');
}

async function keepStore(
  { options: set, keys }: Offer,
  buckets: readonly string[],
  { tools, pebble, connect }: StorePorts,
): Promise<UnitStatus | undefined> {
  if (await isStopped(tools)) {
    const problem = await inContainer('minio', () => stopStore(pebble));
    return problem ?? blocked('the store is stopped: run start-store');
  }
  const problem = await inContainer('minio', () => runStore(keys, pebble));
  if (problem !== undefined) return problem;
  const store = connect(keys);
  if (!(await answersInTime(store))) return { status: 'waiting', message: 'waiting for MinIO' };
  const refusals: string[] = [];
  for (const bucket of set['make-buckets'] ? buckets : []) {
    const refusal = await refusalOf(store.makeBucket(bucket));
    if (refusal !== undefined) refusals.push(`cannot make bucket ${bucket}: ${refusal.message}`);
  }
  return refusals.length === 0 ? undefined : blocked(refusals.join('; '));
}

async function refusalOf(request: Promise<void>): Promise<StoreRefusal | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof StoreRefusal) return error;
    throw error;
  }
}
