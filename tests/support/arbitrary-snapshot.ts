import fc from 'fast-check';
import { publishNotes } from '../../src/charm/leader-notes.ts';
import { ruleEndpoints } from '../../src/charm/rule-sources.ts';
import type { PeerRelation, Snapshot } from '../../src/charm/snapshot.ts';
import { type Databag, Redacted } from '../../src/juju/index.ts';
import { hashOf } from '../../src/mimir/alertmanager-config.ts';
import { paths } from '../../src/mimir/paths.ts';
import type { RuleGroup } from '../../src/mimir/rule-group.ts';
import { namespaceOf } from '../../src/mimir/namespaces.ts';
import { aPlan, aSnapshot, anEmptyContainer, asPlanned, type Container } from './builders.ts';
import { requestedKey } from './arbitrary-certificates.ts';
import {
  arbitraryEndpoints,
  bucketKeys,
  bundle,
  groupNames,
  orUnobserved,
  ownBag,
  unobserved,
} from './arbitrary-endpoints.ts';
import { hostileText } from './hostile-text.ts';

const unpackedRules = fc
  .dictionary(
    fc.constantFrom('15', '16', '17'),
    fc.oneof(
      bundle.map((value) => ({ ok: true, value }) as const),
      hostileText.map((reason) => ({ ok: false, reason }) as const),
    ),
  )
  .map((found) => new Map(Object.entries(found).map(([id, rules]) => [Number(id), rules])));
const route = 'route: {receiver: none}\nreceivers: [{name: none}]\n';
const bucketOption = 'endpoint: http://minio:9000\nbucket_name: mimir';
const keysOption = `access_key_id: ${bucketKeys.accessKey}\nsecret_access_key: ${bucketKeys.secretKey}`;
const options: fc.Arbitrary<Snapshot['options']> = fc.record(
  {
    tsdb_block_retention_period: fc.oneof(fc.constantFrom('24h', '3d', '1h', ''), hostileText),
    log_level: fc.oneof(fc.constantFrom('info', 'debug', 'loud', 3, true), hostileText),
    memcached_addresses: fc.oneof(fc.constantFrom('', 'mc-0:11211, 10.1.0.7:11211', 'mc'), hostileText),
    ha_tracker: fc.constantFrom(true, false),
    ha_cluster_label: fc.oneof(fc.constantFrom('cluster', ''), hostileText),
    ha_replica_label: fc.oneof(fc.constantFrom('__replica__', 'cluster'), hostileText),
    s3: fc.oneof(fc.constantFrom('', bucketOption, `${bucketOption}\n${keysOption}`), hostileText),
    s3_credentials: fc.oneof(fc.constantFrom('', 'secret:9m4e2mr0ui3e8a215n4g'), hostileText),
    alertmanager_config: fc.oneof(fc.constantFrom('', route, `${route}# b\n`, '- a'), hostileText),
    alertmanager_template: fc.oneof(fc.constantFrom('', '{{ define "a" }}{{ end }}'), hostileText),
  },
  { requiredKeys: [] },
);

const note = fc.record({
  endpoint: fc.constantFrom(...ruleEndpoints),
  application: fc.constant('agent'),
  error: hostileText,
  refused: fc.constantFrom('', 'abc'),
});
const notesOf = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<number, T>> =>
  fc
    .dictionary(fc.constantFrom('10', '11', '15', '19'), one)
    .map((notes) => new Map(Object.entries(notes).map(([id, value]) => [Number(id), value])));
const appNotes: fc.Arbitrary<Databag> = fc.oneof(
  hostileText.map((text) => ({
    alertmanager_config: text,
    sender_notes: text,
    rule_fingerprints: text,
    stranger: 'kept',
  })),
  fc
    .record({
      alertmanagerConfig: fc.constantFrom(undefined, hashOf({ config: route, templates: {} })),
      senders: notesOf(note),
      fingerprints: notesOf(fc.constant('00000000')),
    })
    .map((notes) => ({ ...publishNotes(notes), stranger: 'kept' })),
);

const group = fc
  .constantFrom(...groupNames, 'old')
  .map((name): RuleGroup => ({ name, rules: [{ alert: 'Firing', expr: 'up == 0' }] }));
const namespaces = [10, 11, 12, 15, 19].map(namespaceOf);
const ruler = fc
  .dictionary(
    fc.constantFrom(...namespaces, 'anonymous', 'juju-relation-x'),
    fc.uniqueArray(group, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
  )
  .map((held) => new Map(Object.entries(held)));

const refusal = fc.constantFrom(undefined, 'it is wrong');
const container: fc.Arbitrary<Partial<Container>> = fc.record({
  service: fc.constantFrom('active', 'inactive', 'backoff', 'error'),
  ready: fc.boolean(),
  checkDown: fc.boolean(),
  quorumLost: fc.boolean(),
  version: fc.constantFrom('3.0.5', undefined),
  storeTrouble: fc.option(hostileText, { nil: undefined }),
  lastWords: fc.option(hostileText, { nil: undefined }),
  rejection: fc.constantFrom(
    undefined,
    { hash: 'h', by: 'mimir' as const, reason: 'why' },
    { hash: 'h', by: 'store' as const, reason: 'why' },
  ),
});

/** What a container may be: away, new, as it should be, or in any other state, with things of strangers in it. */
function workload(snapshot: Snapshot): fc.Arbitrary<Snapshot['workload']> {
  const strange = { services: { other: { command: '/bin/other' } }, checks: { own: {} }, 'log-targets': {} };
  const files = fc
    .dictionary(
      fc.constantFrom(
        paths.config,
        paths.limits,
        paths.lastGood.config,
        paths.lastGood.rejection,
        paths.tlsFiles.certificate,
        paths.tlsFiles.key,
        paths.tlsFiles.ca,
        '/etc/passwd',
      ),
      fc.constantFrom(
        'target: all\n',
        'x',
        'common:\n  storage:\n    backend: s3\n  replication_factor: 3\n',
        'common:\n  storage:\n    backend: s3\n  replication_factor: 1\n',
        'server:\n  http_tls_config:\n    cert_file: x\n',
      ),
    )
    .map((held) => new Map(Object.entries(held)));
  return fc.oneof(
    fc.constant({ reachable: false, reason: 'no socket' } as const),
    fc.constant(anEmptyContainer({ plan: strange })),
    fc
      .constant(snapshot)
      .map((one) => asPlanned({ ...one, workload: anEmptyContainer(), dying: false, diskFull: false })),
    fc.tuple(container, files).map(([changes, held]) => {
      const { services, checks } = aPlan('h');
      const plan = {
        ...strange,
        services: { ...services, ...strange.services },
        checks: { ...checks, own: {} },
      };
      const ready = changes.ready === true && changes.service === 'active';
      return anEmptyContainer({ ...changes, plan, files: held, ready });
    }),
  );
}

const s3Secret = {
  'access-key': new Redacted<string>(bucketKeys.accessKey),
  'secret-key': new Redacted<string>(bucketKeys.secretKey),
};

const told: fc.Arbitrary<Databag> = fc.record(
  {
    hostname: fc.constant('mimir-k8s-1.mimir-k8s-endpoints.cos.svc.cluster.local'),
    up: fc.constantFrom('true', ''),
    replication_factor: fc.oneof(fc.constantFrom('1', '3'), hostileText),
    flushed: fc.constantFrom('1', '3', 'x'),
    restart_wanted: fc.oneof(fc.constantFrom('0123456789abcdef'), hostileText),
    restart_refused: fc.constantFrom('0123456789abcdef', 'x'),
    certificate: fc.oneof(fc.constant('abc def 2026-11-25T11:00:00.000Z'), hostileText),
    restart_done: fc.constantFrom('0', '1', 'x'),
  },
  { requiredKeys: [] },
);
const agreed: fc.Arbitrary<Databag> = fc.record(
  {
    replication_factor: fc.constantFrom('3', 'x'),
    restart_turn: fc.oneof(fc.constantFrom('1 mimir-k8s/0', '1 mimir-k8s/1', '0 mimir-k8s/9'), hostileText),
    storage: fc.constantFrom('s3', 'x'),
    tls: fc.constantFrom('abc', 'x'),
  },
  { requiredKeys: [] },
);
const peers: fc.Arbitrary<PeerRelation> = fc.record({
  id: fc.constant(0),
  unitBag: fc.tuple(ownBag(['hostname']), told).map(([bag, words]) => ({ ...words, ...bag })),
  appBag: fc.tuple(appNotes, agreed).map(([notes, words]) => ({ ...notes, ...words })),
  unitBags: fc
    .dictionary(fc.constantFrom('mimir-k8s/1', 'mimir-k8s/2', 'mimir-k8s/10'), told)
    .map((bags) => new Map(Object.entries(bags))),
});

function juju(leader: boolean): fc.Arbitrary<Partial<Snapshot>> {
  const status = fc.constantFrom(undefined, { status: 'active', message: '' } as const);
  return fc.record({
    leader: fc.constant(leader),
    dying: fc.boolean(),
    plannedUnits: fc.nat(3),
    options,
    unitStatus: status,
    applicationStatus: leader ? orUnobserved(status) : unobserved,
    openedPorts: fc.subarray([80, 7946, 9009, 9095]),
    peers: fc.option(peers, { nil: undefined }),
    ...arbitraryEndpoints(leader),
    certificatesExpected: fc.boolean(),
    unitKey: fc.constantFrom(undefined, requestedKey),
    requestExpired: fc.boolean(),
    disk: fc.option(fc.record({ size: fc.constant(1_000_000_000), free: fc.nat(1_000_000_000) }), {
      nil: undefined,
    }),
    diskFull: fc.boolean(),
    fullNames: fc
      .subarray(['mc-0', 'mc-1', 'mc-2'])
      .map((names) => new Map(names.map((name) => [name, `${name}.cos`]))),
    s3Expected: fc.boolean(),
    s3Secret: fc.constantFrom(undefined, {}, s3Secret),
    s3OptionSecret: fc.constantFrom(undefined, {}, s3Secret),
    replanned: fc.boolean(),
    flushed: fc.boolean(),
    peersDown: fc.constantFrom(undefined, [], ['mimir-k8s/1']),
  });
}

function mimir(leader: boolean): fc.Arbitrary<Partial<Snapshot>> {
  const held = fc.constantFrom(
    undefined,
    { config: route, templates: {} },
    { config: 'mine', templates: {} },
  );
  return fc.record({
    ruler: leader ? orUnobserved(ruler) : unobserved,
    alertmanagerConfig: leader ? orUnobserved(held) : unobserved,
    refusedAlertmanagerConfig: refusal,
    mimirTrouble: refusal,
    unpackedRules,
    refusedRules: fc.constantFrom(new Map(), new Map([[10, 'it is wrong']])),
  });
}

/** Any snapshot that Juju, Pebble and Mimir may show, good and bad ones; other people's data may be anything. */
export const anySnapshot: fc.Arbitrary<Snapshot> = fc.boolean().chain((leader) =>
  fc
    .tuple(juju(leader), mimir(leader))
    .map(([facts, observed]) => aSnapshot({ ...facts, ...observed }))
    .chain((snapshot) => workload(snapshot).map((found) => aSnapshot({ ...snapshot, workload: found }))),
);
