import type { Agreement } from '../interfaces/mimir-peers.ts';
import { type Bucket, publish, publishUnit, keys, read, type S3Offer, secretKeys } from '../interfaces/s3.ts';
import { Redacted } from '../juju/index.ts';
import type { Secret, Store } from '../mimir/config/deployment.ts';
import { paths } from '../mimir/paths.ts';
import type { Members } from './members.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { interpretS3Option, isBucketSet, unusedCredentials } from './s3-option.ts';
import type { RelationSnapshot, Snapshot, UnitIdentity, Workload } from './snapshot.ts';

/** Where Mimir should keep its blocks. */
export interface InterpretedStore {
  /** Undefined if that cannot be told yet, or must not change: then the last good configuration stays. */
  readonly store: Store | undefined;
  /** Certificates of the store's authorities in PEM; empty for none. */
  readonly ca: string;
  readonly problems: readonly Problem[];
}

/** Reads where blocks are to be kept: in the bucket that is related or set, else on the unit's own disk. */
export function interpretStore(snapshot: Snapshot, members: Members): InterpretedStore {
  const { store, ca, problems } = findStore(snapshot, members);
  return { store, ca, problems: [...problems, ...unusedCredentials(snapshot), ...samplesLeft(snapshot)] };
}

function findStore(snapshot: Snapshot, { agreement }: Members): InterpretedStore {
  const [relation] = snapshot.s3.relations;
  const isRelated = relation !== undefined || snapshot.s3Expected;
  if (isBucketSet(snapshot)) return isRelated ? undecided(namedTwice(snapshot)) : inOption(snapshot);
  return relation === undefined ? withoutBucket(snapshot, agreement) : offeredBy(relation, snapshot);
}

function samplesLeft({ workload }: Snapshot): readonly Problem[] {
  if (storeInUse(workload) !== 's3' || !workload.reachable) return [];
  const time = /^\S{1,30}$/m.exec(workload.files.get(paths.leftOnDisk) ?? '')?.[0];
  if (time === undefined) return [];
  const message = `Samples of before ${time} are on this unit's disk only; docs/how-to/old-samples.md brings them into the bucket.`;
  return [{ status: 'active', source: 's3', message }];
}

function inOption(snapshot: Snapshot): InterpretedStore {
  const read = interpretS3Option(snapshot);
  return 'problem' in read ? undecided(read.problem) : { store: read.store, ca: '', problems: [] };
}

function offeredBy(relation: RelationSnapshot, snapshot: Snapshot): InterpretedStore {
  if (relation.remoteAppBag === 'unobserved') return undecided(waitingForOffer);
  const offer = read(relation.remoteAppBag);
  if (!offer.ok)
    return undecided(blocked(`What it offers cannot be used (${briefly(offer.reason)}); mend it there`));
  if (offer.value === undefined) return undecided(waitingForOffer);
  const { bucket } = offer.value;
  const credentials = credentialsOf(offer.value, snapshot);
  if (credentials === undefined) return undecided(secretUnreadable);
  return {
    store: toStore(bucket, credentials),
    ca: bucket.caChain.map((certificate) => `${certificate.trim()}\n`).join(''),
    problems: bucket.path === '' ? [] : [pathIgnored],
  };
}

/** Samples that are in a bucket are not on the disk: to go on without it would be to lose them. */
function withoutBucket({ workload, s3Expected }: Snapshot, { storage }: Agreement): InterpretedStore {
  if (storage === 's3' || storeInUse(workload) === 's3')
    return undecided(s3Expected ? waitingForOffer : bucketGone);
  if (s3Expected) return undecided(waitingForOffer);
  return { store: { kind: 'local' }, ca: '', problems: [] };
}

/** Where the configuration that was last in force keeps its blocks: Mimir's word for it. */
export function storeInUse(workload: Workload): string | undefined {
  if (!workload.reachable) return undefined;
  return storeIn(workload.files.get(paths.lastGood.config) ?? workload.files.get(paths.config));
}

/** Where a configuration keeps its blocks: Mimir's word for it; undefined if it does not say. */
export function storeIn(config: string | undefined): string | undefined {
  return /^common:\n {2}storage:\n {4}backend: (\w+)$/m.exec(config ?? '')?.[1];
}

interface KeyPair {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
}

function credentialsOf({ credentials }: S3Offer, { s3Secret }: Snapshot): KeyPair | undefined {
  if (!('secretId' in credentials)) {
    return {
      accessKey: new Redacted(credentials.accessKey),
      secretKey: new Redacted(credentials.secretKey),
    };
  }
  const accessKey = s3Secret?.[secretKeys.accessKey];
  const secretKey = s3Secret?.[secretKeys.secretKey];
  return accessKey === undefined || secretKey === undefined ? undefined : { accessKey, secretKey };
}

function toStore({ name, endpoint, insecure, region, uriStyle, caChain }: Bucket, pair: KeyPair): Store {
  return {
    kind: 's3',
    endpoint,
    bucket: name,
    region,
    insecure,
    uriStyle,
    ownCa: caChain.length > 0,
    ...pair,
  };
}

function undecided(problem: Problem): InterpretedStore {
  return { store: undefined, ca: '', problems: [problem] };
}

function blocked(words: string): Problem {
  return { status: 'blocked', source: 's3', message: `${words}.` };
}

const waitingForOffer: Problem = {
  status: 'waiting',
  source: 's3',
  message: 'Waiting for the bucket; see juju status of the application that is related.',
};

const secretUnreadable = blocked(
  'The secret with the keys of the bucket cannot be read; grant it again, or relate again',
);

const bucketGone = blocked(
  'The samples are in a bucket that is neither related nor set any more; relate it again or set s3. Mimir goes on with it, also when its pod restarts; new units wait',
);

function namedTwice({ identity: { application } }: Snapshot): Problem {
  const ways = `juju config ${application} --reset s3 or juju remove-relation`;
  return blocked(`The relation s3 and the option s3 each name a bucket; take one of them back with ${ways}`);
}

const pathIgnored: Problem = {
  status: 'active',
  source: 's3',
  message: 'The path is passed over: Mimir keeps its objects in blocks/, rules/ and alerts/ of the bucket.',
};

/** The problem of a bucket that Mimir has been tried on in vain. */
export function refusedBucket(reason: string, snapshot: Pick<Snapshot, 'options'>): Problem {
  const again = isBucketSet(snapshot) ? 'set it anew, after juju config --reset s3' : 'relate it again';
  return blocked(`Mimir goes on without the new bucket, since ${briefly(reason)}; mend that and ${again}`);
}

/** Longest name of a bucket, in characters. */
const longestBucket = 63;

/** Plans what we ask a provider for: a bucket of this application's own, unless the provider has another. */
export function planS3Bags({ identity, s3 }: Snapshot): readonly PlannedBag[] {
  return s3.relations.flatMap(({ id, appBag }: RelationSnapshot): readonly PlannedBag[] => {
    const unitBag: PlannedBag = {
      relationId: id,
      scope: 'unit',
      owned: keys.requirerUnit,
      values: publishUnit(),
    };
    if (appBag === 'unobserved') return [unitBag];
    const values = publish(bucketFor(identity));
    return [unitBag, { relationId: id, scope: 'app', owned: keys.requirerApp, values }];
  });
}

/** Two applications in one bucket would take each other's blocks for their own. */
function bucketFor({ model, application }: UnitIdentity): string {
  return `${model}-${application}`.slice(0, longestBucket).replace(/-+$/, '');
}
