import type { Databag, HookTools } from '../../../juju/index.ts';
import { liveRelations, remoteAppBag, type Hook } from '../run-dispatch.ts';
import { answerTo, bucketFor, wantsSecret, type Offer } from './answer.ts';
import type { Options } from './options.ts';

const endpoint = 's3-credentials';

/** The app bags of the applications that are related, by the relation's id. */
export type Requests = ReadonlyMap<number, Databag>;

/** Reads what the related applications ask for; of a relation that `event` breaks, nothing. */
export async function readRequests(event: Hook | undefined, tools: HookTools): Promise<Requests> {
  const ids = event === undefined ? tools.relationIds(endpoint) : liveRelations(event, endpoint, tools);
  const requests = new Map<number, Databag>();
  for (const id of await ids) {
    const bag = await remoteAppBag(id, tools);
    requests.set(id, bag ?? {});
  }
  return requests;
}

/** The distinct buckets that are told, sorted. */
export function bucketsTold(requests: Requests, options: Options): readonly string[] {
  const told = [...requests.values()].flatMap((request) => bucketFor(request, options) ?? []);
  return [...new Set(options.bucket === '' ? told : [options.bucket])].sort();
}

/** Answers every application, and grants the secret to those that ask for it. */
export async function answerAll(requests: Requests, offer: Offer, tools: HookTools): Promise<void> {
  for (const [id, request] of requests) {
    if (wantsSecret(request, offer.options)) await tools.secretGrant(offer.secretId, { relation: id });
    await tools.relationSet(id, { scope: 'app', values: answerTo(request, offer) });
  }
}
