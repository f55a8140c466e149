import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { Redacted } from '../../src/juju/index.ts';
import { paths } from '../../src/mimir/paths.ts';
import { allRelations, aRunningSnapshot, aSender, aSnapshot } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, pushedIn, unitStatusIn } from '../support/effects.ts';
import { aFakeWorld, aSettledWorld, runHook } from '../support/fake-ports.ts';

const place = 'endpoint: http://minio:9000\nbucket_name: mimir\n';
const s3 = `${place}access_key_id: top-access\nsecret_access_key: top-secret\n`;
const uri = 'secret:9m4e2mr0ui3e8a215n4g';
const keys = { 'access-key': 'top-access', 'secret-key': 'top-secret' };
const secret = { 'access-key': new Redacted('top-access'), 'secret-key': new Redacted('top-secret') };

/** A unit whose Mimir runs on the bucket that the option names. */
const onBucket = aRunningSnapshot({ options: { s3 } });
const later = (changes: Partial<Snapshot>): Snapshot => ({ ...onBucket, ...changes });

function statusOf(snapshot: Snapshot) {
  return unitStatusIn(effectsOf(snapshot, { kind: 'config-changed' }));
}

describe('a bucket that the option s3 names', () => {
  test.each([
    ['with keys beside it', { options: { s3 } }],
    ['with keys in a secret', { options: { s3: place, s3_credentials: uri }, s3OptionSecret: secret }],
  ])("%s becomes Mimir's, in a file that no other user can read", (_how, changes) => {
    const effects = effectsOf(aSnapshot(changes));
    const [file] = ofKind(effects, 'push-files')
      .flatMap(({ files }) => files)
      .filter(({ path }) => path === paths.config);
    expect(file?.permissions).toBe('600');
    expect(file?.content).toContain('endpoint: minio:9000');
    expect(file?.content).toContain('insecure: true');
    expect(file?.content).toContain('access_key_id: top-access');
    expect(file?.content).toContain('secret_access_key: top-secret');
  });

  test('is the same to Mimir, whether its keys stand in the option or in a secret', () => {
    const options = { s3: place, s3_credentials: uri };
    expect(pushedIn(effectsOf(later({ options, s3OptionSecret: secret }))).size).toBe(0);
  });

  test('is moved into from the disk', () => {
    const effects = effectsOf({ ...aRunningSnapshot(), options: { s3 } });
    expect(kinds(effects)).toContain('keep-user-state');
  });

  test('is used with the keys that the secret holds by now', () => {
    const rotated = { ...secret, 'secret-key': new Redacted('new-secret') };
    const changes = { options: { s3: place, s3_credentials: uri }, s3OptionSecret: rotated };
    expect(pushedIn(effectsOf(later(changes))).get(paths.config)).toContain('secret_access_key: new-secret');
  });
});

describe('an option s3 that cannot be used is Blocked with words, and the configuration in force stays:', () => {
  const related = allRelations({ ...aSender(9), remoteAppBag: {} });
  test.each<readonly [string, Partial<Snapshot>, RegExp]>([
    ['no YAML', { options: { s3: '{' } }, /^\[s3\] not YAML/],
    ['a key too many', { options: { s3: `${s3}sse: {}` } }, /^\[s3\] sse is none of the keys/],
    ['no keys', { options: { s3: place } }, /^\[s3\] There are no keys .*s3_credentials/],
    ['keys twice', { options: { s3, s3_credentials: uri } }, /^\[s3_credentials\] The option s3 holds keys/],
    [
      'a secret that was not granted',
      { options: { s3: place, s3_credentials: uri } },
      /juju grant-secret secret:9m4e2mr0ui3e8a215n4g mimir-k8s\.$/,
    ],
    [
      'a secret without one of the keys',
      {
        options: { s3: place, s3_credentials: uri },
        s3OptionSecret: { ...secret, 'secret-key': new Redacted('') },
      },
      /^\[s3_credentials\] The secret does not hold both keys; write them with juju update-secret secret:9m4e/,
    ],
    [
      'what is no secret',
      { options: { s3: place, s3_credentials: 'top-secret' } },
      /^\[s3_credentials\] Not the URI of a secret/,
    ],
    [
      'a relation beside it',
      { options: { s3 }, s3: related },
      /^\[s3\] The relation s3 and the option s3 each .* juju config mimir-k8s --reset s3 or juju remove-relation/,
    ],
    ['an option that is reset', { options: {} }, /^\[s3\] The samples are in a bucket .*set s3/],
  ])('%s', (_why, changes, words) => {
    const snapshot = later(changes);
    const effects = effectsOf(snapshot, { kind: 'config-changed' });
    expect(pushedIn(effects).size).toBe(0);
    expect(ofKind(effects, 'add-layer')).toEqual([]);
    expect(kinds(effects)).not.toContain('stop-service');
    expect(statusOf(snapshot)).toEqual({ status: 'blocked', message: expect.stringMatching(words) });
    expect(statusOf(snapshot)?.message).not.toMatch(/top-(access|secret)/);
  });
});

test('a secret of keys that nothing uses is worth a word', () => {
  expect(statusOf(aRunningSnapshot({ options: { s3_credentials: uri } }))).toEqual({
    status: 'active',
    message: expect.stringMatching(/^\[s3_credentials\] Nothing uses it/),
  });
});

describe('in a dispatch', () => {
  test('the secret is read in its latest revision, and read again when it changes', async () => {
    const world = aFakeWorld();
    world.juju.options = { s3: place, s3_credentials: uri };
    world.juju.secrets.set(uri, keys);
    await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
    expect(world.container.files.get(paths.config)).toContain('secret_access_key: top-secret');
    world.juju.secrets.set(uri, { ...keys, 'secret-key': 'new-secret' });
    await runHook(world, { kind: 'secret-changed', id: uri, label: undefined });
    expect(world.container.files.get(paths.config)).toContain('secret_access_key: new-secret');
    expect(world.log.join('\n')).not.toMatch(/top-access|(top|new)-secret/);
  });

  test.each(['', '--peek', 'x', 'secret:x', 'secret:9m4e2mr0ui3e8a215n4gx', '\0'])(
    'what is no secret, %j, is not asked for',
    async (s3_credentials) => {
      const world = await aSettledWorld();
      world.juju.options = { s3: place, s3_credentials };
      world.juju.secrets.set(s3_credentials, keys);
      await runHook(world, { kind: 'config-changed' });
      expect(world.juju.unitStatus.message).toMatch(/^\[s3(_credentials)?\] (Not the URI|There are no keys)/);
    },
  );

  test('a bucket that was refused is tried again when the option is set anew, and not at each event', async () => {
    const world = aFakeWorld();
    const { juju, container } = world;
    juju.options = { s3 };
    await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
    const trouble =
      'level=warn msg="Unable to successfully connect to configured object storage (will retry)" err="The specified bucket does not exist"';
    container.program.exits = (config) => (config.includes('bucket_name: other') ? trouble : undefined);
    juju.options = { s3: s3.replace('mimir', 'other') };
    await runHook(world, { kind: 'config-changed' });
    expect(juju.unitStatus.message).toMatch(
      /bucket does not exist.* set it anew, after juju config --reset s3/,
    );
    expect(container.started?.config).toContain('bucket_name: mimir');

    const at = container.started?.at;
    await runHook(world, { kind: 'update-status' });
    expect(container.started?.at).toBe(at);

    container.program.exits = () => undefined;
    juju.options = {};
    await runHook(world, { kind: 'config-changed' });
    expect(juju.unitStatus.message).toMatch(/The samples are in a bucket/);
    juju.options = { s3: s3.replace('mimir', 'other') };
    await runHook(world, { kind: 'config-changed' });
    expect(container.started?.config).toContain('bucket_name: other');
    expect(juju.unitStatus).toEqual({ status: 'active', message: '' });
  });
});
