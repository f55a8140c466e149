import { describe, expect, test } from 'vitest';
import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import { publishVersion0, publishVersion1 } from '../../src/interfaces/certificate-transfer.ts';
import { paths } from '../../src/mimir/paths.ts';
import { captured } from '../unit/x509/captured-certificates.ts';
import { allRelations, aRunningSnapshot, aSender } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, pushedIn, unitStatusIn, writtenTo } from '../support/effects.ts';

const [ca = '', another = ''] = captured.map((each) => each.ca);
const [leaf = ''] = captured.map((each) => each.certificate);

const anOffer = (changes: Partial<RelationSnapshot>) => ({
  authorities: allRelations(aSender(100, { application: 'ca', ...changes })),
});
const offered = anOffer({ remoteAppBag: publishVersion1([ca]) });
const environmentIn = (snapshot: Snapshot) =>
  ofKind(effectsOf(snapshot), 'add-layer')[0]?.layer.services?.['mimir']?.environment;

describe('an authority', () => {
  test('is told by the leader which version of the interface we understand', () => {
    expect(writtenTo(effectsOf(aRunningSnapshot(anOffer({}))), 100)).toEqual({ app: { version: '1' } });
    const follower = { leader: false, ...anOffer({ appBag: 'unobserved' }) } as const;
    expect(writtenTo(effectsOf(aRunningSnapshot(follower)), 100)).toEqual({});
  });

  test.each([
    ['the application says it', offered],
    [
      'its units say it, as before',
      anOffer({ remoteUnitBags: new Map([['ca/0', publishVersion0({ ca, certificate: ca, chain: [ca] })]]) }),
    ],
    [
      'its units say it with their own certificate at the head of the chain',
      anOffer({
        remoteUnitBags: new Map([['ca/0', publishVersion0({ ca, certificate: leaf, chain: [leaf, ca] })]]),
      }),
    ],
  ])('is trusted for every connection that Mimir makes when %s', (_who, related) => {
    const effects = effectsOf({ ...aRunningSnapshot(), ...related });
    expect(pushedIn(effects).get(paths.trustedCa)?.trim()).toBe(ca.trim());
    expect(environmentIn({ ...aRunningSnapshot(), ...related })).toHaveProperty(
      'SSL_CERT_DIR',
      '/etc/ssl/certs:/data/config/trusted',
    );
  });

  test('that comes beside another restarts Mimir once, and in whatever order they are the file is the same', () => {
    const two = allRelations(
      aSender(100, { remoteAppBag: publishVersion1([ca]) }),
      aSender(101, { remoteAppBag: publishVersion1([another]) }),
    );
    const before = aRunningSnapshot({ authorities: two });
    const turned = { ...before, authorities: { ...two, relations: two.relations.toReversed() } };
    expect(kinds(effectsOf(turned))).not.toContain('push-files');
    expect(kinds(effectsOf(turned))).not.toContain('add-layer');
  });

  test('whose word cannot be read for a moment is trusted as before', () => {
    const effects = effectsOf({ ...aRunningSnapshot(offered), ...anOffer({ remoteAppBag: 'unobserved' }) });
    expect(kinds(effects)).not.toContain('remove-file');
    expect(kinds(effects)).not.toContain('add-layer');
  });

  test('that goes leaves no trace', () => {
    const effects = effectsOf({ ...aRunningSnapshot(offered), authorities: allRelations() });
    expect(ofKind(effects, 'remove-file')).toContainEqual({ kind: 'remove-file', path: paths.trustedCa });
    const [layer] = ofKind(effects, 'add-layer');
    expect(layer?.layer.services?.['mimir']?.environment).not.toHaveProperty('SSL_CERT_DIR');
  });

  test('is one for the object store too, where that has others of its own', () => {
    const s3 = allRelations(
      aSender(40, {
        remoteAppBag: {
          ...{ bucket: 'mimir', endpoint: 'https://minio:9000', 'access-key': 'a', 'secret-key': 'b' },
          'tls-ca-chain': JSON.stringify([another]),
        },
      }),
    );
    const { workload } = aRunningSnapshot({ ...offered, s3 });
    const file = workload.reachable ? workload.files.get(paths.storeCa) : '';
    expect(file).toContain(ca.trim());
    expect(file).toContain(another.trim());
  });

  test.each([
    ['is no list', { certificates: '{}', version: '1' }],
    ['is no JSON', { certificates: 'x', version: '1' }],
    ['is no certificate', publishVersion1(['-----BEGIN CERTIFICATE-----\nMIIA\n-----END CERTIFICATE-----'])],
  ])('whose offer %s changes nothing, and is named', (_what, remoteAppBag) => {
    const before = aRunningSnapshot(offered);
    const effects = effectsOf({ ...before, ...anOffer({ remoteAppBag }) });
    expect(kinds(effects)).not.toContain('push-files');
    expect(kinds(effects)).not.toContain('add-layer');
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(/^\[receive-ca-cert:100\] The certificates .* cannot be used/),
    });
  });
});
