import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/charm/effect.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { type IssuedTo, publish } from '../../src/interfaces/tls-certificates.ts';
import type { Databag } from '../../src/juju/index.ts';
import { paths } from '../../src/mimir/paths.ts';
import { allRelations, aRunningSnapshot, aSender } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, pushedIn, unitStatusIn, writtenTo } from '../support/effects.ts';
import {
  anHour,
  answersWith,
  authorities,
  aUnitKey,
  certificatesFrom,
  certificatesId,
  issuedFor,
  namesOf,
} from '../support/issued-certificates.ts';
import { afterwards } from '../support/modelled-world.ts';
import { databagFixture } from '../unit/interfaces/databag-fixture.ts';

const unitKey = await aUnitKey();
const privateKey = unitKey.privateKey.reveal();
const issued = issuedFor(unitKey);
const minutes = (count: number) => new Date(anHour.notBefore.getTime() + count * 60_000);

/** All passes of a dispatch, in a world where Mimir comes up with what it is given. */
function carryOut(snapshot: Snapshot): { readonly world: Snapshot; readonly done: readonly Effect[] } {
  const done: Effect[] = [];
  let world: Snapshot = { ...snapshot, replanned: false };
  for (let pass = 1; pass <= 4; pass += 1) {
    const effects = effectsOf(world);
    done.push(...effects);
    world = { ...afterwards(world, effects), replanned: true };
  }
  return { world, done };
}

/** A lone unit whose Mimir speaks TLS with `issued`, and that is related to one sender. */
const senders = allRelations(aSender(10));
const related = certificatesFrom(unitKey, [issued]);
const { world: served, done: change } = carryOut({
  ...aRunningSnapshot({ senders }),
  ...related,
});
const writes = (effects: readonly Effect[]) => kinds(effects).filter((kind) => kind !== 'replan');

describe('a unit that is related to a provider of certificates', () => {
  test('makes a key and a request for the names under which it is reached, once', () => {
    const before = aRunningSnapshot(certificatesFrom(undefined, []));
    const [asked] = ofKind(effectsOf(before), 'request-certificate');
    expect(asked).toEqual({
      kind: 'request-certificate',
      commonName: 'mimir-k8s',
      names: namesOf(0),
      privateKey: undefined,
    });
    expect(kinds(effectsOf(aRunningSnapshot(certificatesFrom(unitKey, []))))).not.toContain(
      'request-certificate',
    );
  });

  test('tells the request in its own bag, and waits in words', () => {
    const effects = effectsOf(aRunningSnapshot(certificatesFrom(unitKey, [], { unitBag: {} })));
    expect(writtenTo(effects, certificatesId)).toEqual({ unit: publish(unitKey.request) });
    expect(unitStatusIn(effects)).toMatchObject({
      status: 'waiting',
      message: expect.stringContaining('[certificates] Waiting for the certificate'),
    });
    expect(writes(effects)).not.toContain('push-files');
  });

  test('has Mimir speak TLS on all ports as soon as it has a certificate, and says so to all', () => {
    const files = pushedIn(change);
    expect(files.get(paths.tlsFiles.key)).toBe(privateKey);
    expect(files.get(paths.tlsFiles.certificate)?.trim()).toBe(issued.certificate);
    expect(files.get(paths.tlsFiles.ca)?.trim()).toBe(issued.ca);
    expect(files.get(paths.config)).toContain('http_tls_config');
    expect(writtenTo(change, 10).unit?.['remote_write']).toContain('https://mimir-k8s.cos.svc');
    expect(kinds(change).filter((kind) => kind === 'await-mimir')).toHaveLength(1);
  });

  test('keeps its key where nobody else may read it', () => {
    const all = ofKind(change, 'push-files').flatMap(({ files }) => files);
    const withKey = all.filter(({ content }) => content.toString().includes('PRIVATE KEY'));
    expect(withKey.map(({ path, permissions }) => [path, permissions])).toEqual([
      [paths.tlsFiles.key, '600'],
    ]);
  });

  test('has its readiness asked by a program that is there before the check is', () => {
    expect(kinds(change).indexOf('push-probe')).toBe(kinds(change).indexOf('add-layer') - 1);
    const [layer] = ofKind(change, 'add-layer');
    expect(layer?.layer.checks?.['mimir-ready']).toMatchObject({
      exec: { command: '/data/config/probe https://127.0.0.1:9009/ready' },
    });
  });

  test('trusts the authority of its own certificate when it speaks to others', () => {
    expect(pushedIn(change).get(paths.trustedCa)?.trim()).toBe(issued.ca);
  });

  test('has nothing more to do, and does not look at the same certificate again', () => {
    expect(writes(effectsOf(served))).toEqual([]);
    const ended = effectsOf({ ...served, now: minutes(61) });
    expect(writes(ended)).toContain('request-certificate');
    expect(unitStatusIn(ended)).toBeUndefined();
  });
});

describe('a certificate', () => {
  test('is asked for anew when nine tenths of its time are over, with the same key', () => {
    expect(ofKind(change, 'expire-request')).toEqual([{ kind: 'expire-request', at: minutes(54) }]);
    expect(kinds(effectsOf({ ...served, now: minutes(53) }))).not.toContain('request-certificate');
    const [asked] = ofKind(effectsOf({ ...served, now: minutes(54) }), 'request-certificate');
    expect(asked?.privateKey?.reveal()).toBe(privateKey);
  });

  test('has Juju told of its end once, and not before what was told is kept', () => {
    expect(ofKind(effectsOf({ ...served, peers: undefined }), 'expire-request')).toEqual([]);
  });

  test('is asked for anew when Juju says so, and the revision that has expired goes the next time', () => {
    const id = 'secret:9m4e2mr0ui3e8a215n4g';
    const event = { kind: 'secret-expired', id, label: 'unit-key', revision: 1 } as const;
    expect(kinds(effectsOf({ ...served, requestExpired: true }, event))).toContain('request-certificate');
    const renewed = certificatesFrom(unitKey, []);
    const removal = { kind: 'remove-key-revision', id, revision: 1 };
    expect(effectsOf({ ...served, ...renewed, requestExpired: true }, event)).not.toContainEqual(removal);
    expect(effectsOf({ ...served, ...renewed }, event)).toContainEqual(removal);
    expect(effectsOf({ ...served, ...renewed }, { ...event, kind: 'secret-remove' })).toContainEqual(removal);
    expect(effectsOf({ ...served, ...renewed }, { ...event, label: 'other' })).not.toContainEqual(removal);
  });

  test('that is renewed is shown without a restart, and until then the old one is', async () => {
    const key = await aUnitKey({ key: privateKey });
    const waiting = carryOut({ ...served, now: minutes(54), ...certificatesFrom(key, [issued]) });
    expect(writes(waiting.done)).toEqual(['set-status', 'set-status']);
    expect(waiting.world.unitStatus).toMatchObject({ status: 'active' });
    const renewed = issuedFor(key, { period: { notBefore: minutes(54), notAfter: minutes(114) } });
    const { done, world } = carryOut({ ...waiting.world, ...certificatesFrom(key, [renewed]) });
    expect([...pushedIn(done).keys()]).toEqual([paths.tlsFiles.certificate]);
    expect(kinds(done)).not.toContain('add-layer');
    expect(kinds(done)).not.toContain('request-certificate');
    expect(ofKind(done, 'expire-request')).toEqual([{ kind: 'expire-request', at: minutes(108) }]);
    expect(world.unitStatus).toEqual({ status: 'active', message: '' });
  });

  test('of another authority restarts the lone unit', async () => {
    const key = await aUnitKey({ key: privateKey });
    const other = certificatesFrom(key, [issuedFor(key, { authority: authorities[1] })]);
    const { done } = carryOut({ ...served, ...other });
    expect([...pushedIn(done).keys()]).toEqual(expect.arrayContaining([paths.tlsFiles.ca, paths.trustedCa]));
    expect(kinds(done)).toContain('add-layer');
  });

  test('that is revoked is replaced by one for another key', () => {
    const effects = effectsOf({ ...served, ...certificatesFrom(unitKey, [{ ...issued, revoked: true }]) });
    expect(ofKind(effects, 'request-certificate')).toMatchObject([{ privateKey: undefined }]);
    expect(writes(effects)).not.toContain('push-files');
  });

  test('that has ended with no other one to come is an administrator’s matter', () => {
    const effects = effectsOf({ ...served, ...certificatesFrom(unitKey, []), now: minutes(61) });
    expect(unitStatusIn(effects)).toMatchObject({
      status: 'blocked',
      message: expect.stringContaining('has ended on 2026-11-25T13:00:00Z'),
    });
    expect(writes(effects)).not.toContain('push-files');
  });
});

const wrongKey = issuedFor(await aUnitKey());
const wrongNames = await aUnitKey({ key: privateKey, names: ['mimir.example.com'] });
const early = { notBefore: minutes(-50), notAfter: minutes(-10) };
const late = { notBefore: minutes(10), notAfter: minutes(50) };

function answering(answer: Partial<IssuedTo>): Databag {
  return answersWith({ certificates: [{ ...issued, ...answer }] });
}

describe.each([
  ['that is no JSON', { certificates: '[{' }, 'certificates: '],
  [
    'without an authority',
    { certificates: JSON.stringify([{ ...issued, ca: undefined, csr: unitKey.request }]) },
    'ca',
  ],
  [
    'with an authority that did not sign it',
    answering({ ca: authorities[1].certificate, chain: [] }),
    'not signed by',
  ],
  ['with an authority that is none', answering({ ca: issued.certificate }), 'no certificate of an authority'],
  ['for another key', answering({ certificate: wrongKey.certificate, chain: [] }), 'not for the key'],
  [
    'that is spoilt',
    answering({ certificate: `${issued.certificate.slice(0, 90)}\n-----END CERTIFICATE-----` }),
    'cannot be read',
  ],
  [
    'for other names',
    answering({ certificate: issuedFor(wrongNames).certificate, chain: [] }),
    'it is not for mimir-k8s.cos.svc',
  ],
  [
    'that has ended',
    answering({ certificate: issuedFor(unitKey, { period: early }).certificate, chain: [] }),
    'has ended on',
  ],
  [
    'that has not begun',
    answering({ certificate: issuedFor(unitKey, { period: late }).certificate, chain: [] }),
    'begins on',
  ],
])('a certificate %s', (_what, remoteAppBag, words) => {
  const offer = certificatesFrom(unitKey, [], { remoteAppBag });

  test('is named in the status, and a Mimir without TLS serves as before', () => {
    const effects = effectsOf(aRunningSnapshot(offer));
    expect(unitStatusIn(effects)).toMatchObject({ status: 'blocked' });
    expect(unitStatusIn(effects)?.message).toContain(words);
    expect(unitStatusIn(effects)?.message).toMatch(/^\[certificates\] .*mend it there/);
    expect(writes(effects)).not.toContain('push-files');
    expect(kinds(effects)).not.toContain('add-layer');
  });

  test('leaves one with TLS as it is', () => {
    const effects = effectsOf({ ...served, ...offer });
    expect(writes(effects)).toEqual(['set-status', 'set-status']);
  });
});

test('the captured answer to another request of ours is none to this one', () => {
  const captured = databagFixture('tls-certificates').provider_app;
  const effects = effectsOf({ ...served, ...certificatesFrom(unitKey, [], { remoteAppBag: captured }) });
  expect(unitStatusIn(effects)?.message).toContain('Waits for a new certificate');
});

test('the captured answer to this request is known as one for another key', () => {
  const bag = databagFixture('tls-certificates').provider_app;
  const request = /-----BEGIN CERTIFICATE REQUEST-----[^"]*-----END CERTIFICATE REQUEST-----/.exec(
    bag['certificates'] ?? '',
  )?.[0];
  const key = { ...unitKey, request: request?.replaceAll('\\n', '\n') ?? '' };
  const effects = effectsOf(aRunningSnapshot(certificatesFrom(key, [], { remoteAppBag: bag })));
  expect(unitStatusIn(effects)?.message).toContain('not for the key');
});

test('a refusal is told in the provider’s words, and changes nothing', () => {
  const error = { code: 102, name: 'domain_not_allowed', message: 'not this domain', reason: undefined };
  const remoteAppBag = answersWith({ errors: [{ request: unitKey.request, error }] });
  const effects = effectsOf({ ...served, ...certificatesFrom(unitKey, [], { remoteAppBag }) });
  expect(unitStatusIn(effects)).toEqual({
    status: 'blocked',
    message:
      '[certificates] It refuses the certificate (102 domain_not_allowed: not this domain), so Mimir serves as it did; mend it there.',
  });
  expect(writes(effects)).toEqual(['set-status', 'set-status']);
});

describe('when the provider is gone', () => {
  const gone = { certificates: allRelations() };

  test('Mimir speaks plain HTTP again, and no trace is left', () => {
    const { done, world } = carryOut({ ...served, ...gone, unitKey: undefined });
    const never = carryOut(aRunningSnapshot({ senders })).world;
    expect(writtenTo(done, 10).unit?.['remote_write']).toContain('http://');
    const texts = ({ workload }: Snapshot) =>
      workload.reachable && [...workload.files].filter(([, text]) => text !== undefined).sort();
    expect(texts(world)).toEqual(texts(never));
    expect(world.peers?.unitBag).toEqual(never.peers?.unitBag);
    expect(world.peers?.appBag).toEqual(never.peers?.appBag);
    expect(world.workload).toMatchObject({ plan: never.workload.reachable && never.workload.plan });
  });

  test('the files stay until a Mimir that reads them is gone', () => {
    const effects = effectsOf({ ...served, ...gone, unitKey: undefined });
    expect(kinds(effects)).toContain('push-files');
    expect(ofKind(effects, 'remove-file').map(({ path }) => path)).not.toContain(paths.tlsFiles.key);
  });

  test('the key goes with it', () => {
    expect(kinds(effectsOf({ ...served, ...gone }))).toContain('remove-key');
  });

  test('but Juju says that it is to be there, nothing changes', () => {
    const effects = effectsOf({ ...served, ...gone, unitKey: undefined, certificatesExpected: true });
    expect(writes(effects)).toEqual(['set-status', 'set-status']);
    expect(unitStatusIn(effects)?.status).toBe('active');
  });
});

test('the provider’s clock may be a little ahead', () => {
  const soon = { notBefore: new Date(anHour.notBefore.getTime() + 2000), notAfter: minutes(60) };
  const offer = certificatesFrom(unitKey, [issuedFor(unitKey, { period: soon })]);
  expect(unitStatusIn(effectsOf(aRunningSnapshot(offer)))?.status).not.toBe('blocked');
});

test('the files of TLS stay as long as Mimir may go back to a configuration that names them', () => {
  const { workload } = served;
  if (!workload.reachable) throw new Error('its container is there');
  const plain = aRunningSnapshot().workload;
  const clear = plain.reachable ? plain.files.get(paths.config) : undefined;
  const files = new Map([...workload.files, [paths.config, clear]]);
  const over = { ...served, certificates: allRelations(), unitKey: undefined };
  const starting = { ...over, workload: { ...workload, files, ready: false } };
  expect(files.get(paths.lastGood.config)).toContain('http_tls_config');
  const removed = ofKind(effectsOf(starting), 'remove-file').map(({ path }) => path);
  expect(removed).not.toContain(paths.tlsFiles.key);
  const { world } = carryOut(over);
  expect(world.workload.reachable && world.workload.files.get(paths.tlsFiles.key)).toBeUndefined();
});
