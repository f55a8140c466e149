import { describe, expect, test } from 'vitest';
import { describeEffect } from '../../src/charm/effect.ts';
import { hashIn, type RelationSnapshot, type Snapshot } from '../../src/charm/snapshot.ts';
import { Redacted } from '../../src/juju/index.ts';
import { paths } from '../../src/mimir/paths.ts';
import {
  allRelations,
  anEmptyContainer,
  aRunningSnapshot,
  aSender,
  aSnapshot,
  type Container,
} from '../support/builders.ts';
import { effectsOf, kinds, ofKind, pushedIn, unitStatusIn, writtenTo } from '../support/effects.ts';
import { afterwards } from '../support/modelled-world.ts';

const endpoint = 'http://minio.cos.svc.cluster.local:9000';
const offer = { bucket: 'cos-mimir-k8s', endpoint, 'access-key': 'top-access', 'secret-key': 'top-secret' };
const offerOfV1 = { version: '1', bucket: 'mimir', endpoint, 'secret-extra': 'secret:9m4e2mr0ui3e8a215n4g' };
const secret = { 'access-key': new Redacted('top-access'), 'secret-key': new Redacted('top-secret') };

function related(remoteAppBag: RelationSnapshot['remoteAppBag'], changes: Partial<RelationSnapshot> = {}) {
  return { s3: allRelations({ ...aSender(9), application: 's3-integrator', remoteAppBag, ...changes }) };
}

/** A unit whose Mimir runs on the bucket. */
const onBucket = aRunningSnapshot(related(offer));

/** The same unit after something else has changed. */
const later = (changes: Partial<Snapshot>): Snapshot => ({ ...onBucket, ...changes });

describe('a bucket', () => {
  test("is asked for in the words of both versions, the application's own", () => {
    const effects = effectsOf(aSnapshot(related({})));
    const secrets = { 'requested-secrets': '["access-key","secret-key"]' };
    expect(writtenTo(effects, 9)).toEqual({
      unit: secrets,
      app: { bucket: 'cos-mimir-k8s', version: '1', ...secrets },
    });
  });

  test('is asked for by the leader; the others say how they read secrets', () => {
    const effects = effectsOf(aSnapshot({ leader: false, ...related({}, { appBag: 'unobserved' }) }));
    expect(Object.keys(writtenTo(effects, 9))).toEqual(['unit']);
  });

  test('is waited for before Mimir first starts: samples on the disk would have to be moved', () => {
    const effects = effectsOf(aSnapshot(related({})));
    expect(pushedIn(effects).has(paths.config)).toBe(false);
    expect(ofKind(effects, 'add-layer')[0]?.layer.services?.['mimir']?.startup).toBe('disabled');
    expect(unitStatusIn(effects)).toEqual({
      status: 'waiting',
      message: expect.stringMatching(/^\[s3\] Waiting for the bucket/),
    });
  });

  test.each([
    ['keys in the databag', related(offer)],
    ['keys in a secret', { ...related({ ...offerOfV1, bucket: 'cos-mimir-k8s' }), s3Secret: secret }],
  ])("with %s becomes Mimir's, in a file that no other user can read", (_how, offered) => {
    const effects = effectsOf(aSnapshot(offered));
    const [file] = ofKind(effects, 'push-files')
      .flatMap(({ files }) => files)
      .filter(({ path }) => path === paths.config);
    expect(file?.permissions).toBe('600');
    expect(file?.content).toContain('backend: s3');
    expect(file?.content).toContain('access_key_id: top-access');
    expect(file?.content).toContain('secret_access_key: top-secret');
    const elsewhere = effects.filter(({ kind }) => kind !== 'push-files' && kind !== 'validate-config');
    expect(JSON.stringify(elsewhere) + effects.map(describeEffect).join()).not.toMatch(/top-/);
  });

  test('whose keys change restarts Mimir with the new ones', () => {
    const effects = effectsOf(later(related({ ...offer, 'secret-key': 'newer' })));
    expect(pushedIn(effects).get(paths.config)).toContain('secret_access_key: newer');
    expect(kinds(effects)).toEqual(expect.arrayContaining(['validate-config', 'add-layer', 'replan']));
  });

  test('of an authority of its own comes with the certificates, and a change of them restarts Mimir', () => {
    const chain = (body: string) =>
      JSON.stringify([`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`]);
    const first = related({ ...offer, 'tls-ca-chain': chain('MIIB') });
    const effects = effectsOf(aSnapshot(first));
    expect(pushedIn(effects).get(paths.storeCa)).toContain('MIIB');
    expect(pushedIn(effects).get(paths.config)).toContain(`tls_ca_path: ${paths.storeCa}`);
    const renewed = related({ ...offer, 'tls-ca-chain': chain('MIIC') });
    const later = effectsOf({ ...aRunningSnapshot(first), ...renewed });
    expect([...pushedIn(later).keys()]).toEqual([paths.storeCa]);
    expect(ofKind(later, 'add-layer')).toHaveLength(1);
  });

  test('that Mimir does not come up with takes its certificates with it: those of before are back', () => {
    const chain = (body: string) =>
      JSON.stringify([`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`]);
    const before = aRunningSnapshot(related({ ...offer, 'tls-ca-chain': chain('MIIB') }));
    const asked = { ...before, ...related({ ...offer, bucket: 'other', 'tls-ca-chain': chain('MIIC') }) };
    const tried = afterwards(asked, effectsOf(asked));
    const hash = hashIn(tried.workload) ?? '';
    const rejection = { hash, by: 'store', reason: 'no' } as const;
    const workload = { ...containerOf(tried), rejection, ready: false, service: 'backoff' };
    const pushed = pushedIn(effectsOf({ ...tried, workload }));
    expect(pushed.get(paths.storeCa)).toContain('MIIB');
    expect(pushed.get(paths.config)).toContain('bucket_name: cos-mimir-k8s\n');
  });
});

describe('a bucket that cannot be used', () => {
  test.each([
    ['an endpoint that is no URL', related({ ...offer, endpoint: 'minio:9000' }), /endpoint: not a URL/],
    ['a secret that was not granted', related(offerOfV1), /secret with the keys.*grant it again/],
    ['a secret without the keys', { ...related(offerOfV1), s3Secret: {} }, /secret with the keys/],
  ])('for %s is Blocked, and the configuration in force stays', (_why, changes, words) => {
    const effects = effectsOf(later(changes));
    expect(kinds(effects)).toEqual(['replan', ...kinds(effects).filter((kind) => kind !== 'replan')]);
    expect(pushedIn(effects).size).toBe(0);
    expect(ofKind(effects, 'add-layer')).toEqual([]);
    expect(unitStatusIn(effects)).toEqual({ status: 'blocked', message: expect.stringMatching(words) });
  });

  test('because its relation is gone stays in force, for the samples are there', () => {
    const effects = effectsOf(later({ s3: allRelations() }));
    expect(pushedIn(effects).size).toBe(0);
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(
        /^\[s3\] The samples are in a bucket.*relate it again.*also when its pod restarts; new units wait/,
      ),
    });
  });
});

test('a path in the bucket is passed over, with a word about it', () => {
  const effects = effectsOf(
    aSnapshot({ ...related({ ...offer, path: 'cos' }), workload: anEmptyContainer() }),
  );
  expect(pushedIn(effects).get(paths.config)).toContain('storage_prefix: blocks');
  const running = aRunningSnapshot(related({ ...offer, path: 'cos' }));
  expect(unitStatusIn(effectsOf(running))?.message).toMatch(/^\[s3\] The path is passed over/);
});

describe('a unit that has run on its own disk', () => {
  const onDisk = aRunningSnapshot();
  const offered = { ...onDisk, ...related(offer) };
  const withState = (snapshot: Snapshot): Snapshot => {
    const workload = containerOf(snapshot);
    return {
      ...snapshot,
      workload: { ...workload, files: new Map([...workload.files, [paths.userState, '{}']]) },
    };
  };

  test('first keeps what users have put into Mimir, and says that it moves', () => {
    const effects = effectsOf(offered);
    expect(kinds(effects).slice(0, 1)).toEqual(['keep-user-state']);
    expect(pushedIn(effects).size).toBe(0);
    expect(unitStatusIn(effects)).toEqual({
      status: 'maintenance',
      message: expect.stringMatching(/^\[s3\] Samples and rules move/),
    });
  });

  test('waits with that until Mimir answers', () => {
    const workload = containerOf(offered);
    const away = { ...offered, workload: { ...workload, ready: false, checkDown: true } };
    expect(kinds(effectsOf(away))).not.toContain('keep-user-state');
    expect(pushedIn(effectsOf(away)).size).toBe(0);
  });

  test('waits for the next event when Mimir does not say what users have put into it', () => {
    const trouble = effectsOf({ ...offered, mimirTrouble: 'no answer' });
    expect(kinds(trouble)).not.toContain('keep-user-state');
    expect(pushedIn(trouble).size).toBe(0);
    const arrived = { ...withState(onBucket), replanned: true, mimirTrouble: 'no answer' };
    expect(kinds(effectsOf(arrived))).not.toContain('restore-user-state');
  });

  test('then has Mimir forget what it has shipped while it is stopped, and only then starts it on the bucket', () => {
    const order = kinds(effectsOf(withState(offered)));
    const steps = [
      'validate-config',
      'stop-service',
      'remove-file',
      'push-files',
      'add-layer',
      'replan',
      'await-mimir',
    ];
    expect(order.filter((kind) => steps.includes(kind))).toEqual(steps);
    expect(ofKind(effectsOf(withState(offered)), 'remove-file')).toEqual([
      { kind: 'remove-file', path: paths.shipperRecord },
    ]);
  });

  test('does not stop it again while it comes up on the bucket', () => {
    const workload = { ...containerOf(onBucket), ready: false };
    const files = new Map([
      ...workload.files,
      [paths.lastGood.config, held(onDisk)],
      [paths.userState, '{}'],
    ]);
    expect(kinds(effectsOf({ ...onBucket, workload: { ...workload, files } }))).not.toContain('stop-service');
  });

  test('at last gives it back what was kept, once', () => {
    const arrived = effectsOf({ ...withState(onBucket), replanned: true });
    expect(ofKind(arrived, 'restore-user-state')).toEqual([{ kind: 'restore-user-state', state: '{}' }]);
    expect(kinds(effectsOf(onBucket))).not.toContain('restore-user-state');
  });

  test('says of when the samples are that stay on its disk, until they are removed', () => {
    const workload = containerOf(onBucket);
    const files = new Map([...workload.files, [paths.leftOnDisk, '2026-11-24T10:00:00.000Z\n']]);
    const left = effectsOf({ ...onBucket, workload: { ...workload, files } });
    expect(unitStatusIn(left)).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[s3\] Samples of before 2026-11-24T10:00:00\.000Z are on this unit/),
    });
  });

  test('keeps nothing for a move that does not happen', () => {
    const removal = { kind: 'remove-file', path: paths.userState };
    expect(effectsOf(withState(onDisk))).toContainEqual(removal);
  });

  test('stays on its disk if Mimir refuses the bucket, with what ran before', () => {
    const plan = ofKind(effectsOf(withState(offered)), 'add-layer')[0]?.layer.services?.['mimir']
      ?.environment;
    const rejection = {
      hash: plan?.['MIMIR_K8S_CONFIG_HASH'] ?? '',
      by: 'store' as const,
      reason: 'the object store answers: Access Denied.',
    };
    const workload = containerOf(withState(offered));
    const effects = effectsOf({ ...offered, workload: { ...workload, rejection } });
    expect(pushedIn(effects).size).toBe(0);
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringContaining('Access Denied'),
    });
  });
});

function containerOf({ workload }: Snapshot): Container {
  if (!workload.reachable) throw new Error('the container is away');
  return workload;
}

function held(snapshot: Snapshot): string {
  return containerOf(snapshot).files.get(paths.config) ?? '';
}
