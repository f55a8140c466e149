import { z } from 'zod';
import { ActionFailure, inContainer, runActionOf } from '../run-dispatch.ts';
import { keepKeys, newKeys, type KeyPair } from './credentials.ts';
import { StoreRefusal } from './objects.ts';
import { keysOf, options, type Options } from './options.ts';
import type { StorePorts } from './ports.ts';
import { bringAbout, offerOf } from './reconcile.ts';
import { answerAll, bucketsTold, readRequests } from './requests.ts';
import { answersInTime, isStopped, noteStopped, runStore } from './store.ts';

type Act = (ports: StorePorts, set: Options) => Promise<void>;

const parameters = z.object({ bucket: z.string().min(1).optional(), prefix: z.string().default('') });

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: StorePorts): Promise<void> {
  await runActionOf(actions, name, ports);
}

const actions: Readonly<Record<string, (ports: StorePorts) => Promise<void>>> = {
  'rotate-credentials': onLeader('rotate credentials', rotate),
  'list-objects': onLeader('list objects', listObjects),
  'make-bucket': onLeader('make bucket', makeBucket),
  'stop-store': onLeader('stop store', stop),
  'start-store': onLeader('start store', start),
};

/** Only the leader keeps a store and may read its keys. */
function onLeader(what: string, act: Act): (ports: StorePorts) => Promise<void> {
  return async (ports) => {
    try {
      if (!(await ports.tools.isLeader())) throw new ActionFailure('this unit is not the leader');
      const set = options.safeParse(await ports.tools.configGet());
      if (!set.success) throw new ActionFailure(z.prettifyError(set.error));
      await act(ports, set.data);
    } catch (cause) {
      if (!(cause instanceof ActionFailure || cause instanceof StoreRefusal)) throw cause;
      throw new ActionFailure(`cannot ${what}: ${cause.message}`, { cause });
    }
  };
}

async function rotate(ports: StorePorts, set: Options): Promise<void> {
  const { tools } = ports;
  if (keysOf(set) !== undefined)
    throw new ActionFailure('the options access-key and secret-key say which they are');
  const keys = newKeys();
  // First the store: if it does not start with them nothing is told, and the next hook gives it back those of before.
  if (!(await isStopped(tools))) await runWith(keys, ports);
  const offer = await offerOf(set, ports);
  await keepKeys(offer.secretId, keys, tools);
  await answerAll(await readRequests(undefined, tools), { ...offer, keys }, tools);
  await tools.actionSet({ 'access-key': keys.accessKey });
}

async function runWith(keys: KeyPair, { pebble, connect }: StorePorts): Promise<void> {
  const problem = await inContainer('minio', () => runStore(keys, pebble));
  if (problem !== undefined) throw new ActionFailure(problem.message);
  if (!(await answersInTime(connect(keys)))) throw new ActionFailure('MinIO does not answer');
}

async function stop(ports: StorePorts, set: Options): Promise<void> {
  await noteStopped(true, ports.tools);
  await bringAbout(undefined, set, ports);
}

async function start(ports: StorePorts, set: Options): Promise<void> {
  await noteStopped(false, ports.tools);
  const { status, message } = await bringAbout(undefined, set, ports);
  if (status !== 'active') throw new ActionFailure(message);
}

async function makeBucket(ports: StorePorts, set: Options): Promise<void> {
  const { bucket } = await readParameters(ports, set);
  const { keys } = await offerOf(set, ports);
  await ports.connect(keys).makeBucket(bucket);
  await ports.tools.actionSet({ bucket });
}

async function listObjects(ports: StorePorts, set: Options): Promise<void> {
  const { bucket, prefix } = await readParameters(ports, set);
  const { keys } = await offerOf(set, ports);
  const { objects, bytes, names } = await ports.connect(keys).count(bucket, prefix);
  await ports.tools.actionSet({ bucket, prefix, objects, bytes, names: names.join('\n') });
}

/** An action's parameters; the bucket is the one that is told, if none is named. */
async function readParameters({ tools }: StorePorts, set: Options) {
  const given = parameters.safeParse(await tools.actionGet());
  if (!given.success) throw new ActionFailure(z.prettifyError(given.error));
  const { prefix, bucket } = given.data;
  if (bucket !== undefined) return { bucket, prefix };
  const told = bucketsTold(await readRequests(undefined, tools), set);
  const [only] = told;
  if (only === undefined || told.length > 1)
    throw new ActionFailure(`name a bucket with bucket=NAME: ${told.join(', ') || 'none'} told`);
  return { bucket: only, prefix };
}
