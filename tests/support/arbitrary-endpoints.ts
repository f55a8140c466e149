import fc from 'fast-check';
import type { EndpointSnapshot, Known, RelationSnapshot } from '../../src/charm/snapshot.ts';
import type { Databag } from '../../src/juju/index.ts';
import { arbitraryAnswers } from './arbitrary-certificates.ts';
import { alertRules } from './builders.ts';
import { hostileText } from './hostile-text.ts';

/** Keys of the bucket, wherever they come from: only Mimir's configuration file may hold them. */
export const bucketKeys = { accessKey: 'top-access', secretKey: 'top-secret' } as const;

/** What was not read. */
export const unobserved = fc.constant('unobserved' as const);
/** What was read, mostly. */
export const orUnobserved = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<Known<T>> =>
  fc.oneof({ weight: 1, arbitrary: unobserved }, { weight: 4, arbitrary: values });

/** Names of rule groups. */
export const groupNames = ['cpu', 'disk', 'lma agent/ö'];
const expressions = ['up == 0', 'rate(cpu{}[5m]) > 1', 'sum by (', '"'];
const senderBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.tuple(fc.constantFrom(...groupNames), fc.constantFrom(...expressions)).map(([a, b]) => alertRules(a, b)),
  hostileText.map((alert_rules) => ({ alert_rules })),
  fc.constant({}),
);
/** A bundle as it is unpacked; how it is packed is the interface's matter. */
export const bundle = fc.oneof(
  senderBag.map((bag) => `{"promql": ${bag['alert_rules'] ?? '{}'}}`),
  hostileText,
);
const otlpBag: fc.Arbitrary<Databag> = fc.oneof(
  hostileText.map((rules) => ({ rules })),
  fc.constant({}),
);
const grafanaBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.constant({ grafana_uid: '9f1c', app_datasource_uid: 'juju_cos_x_mimir-k8s' }),
  fc.record({ grafana_uid: hostileText, datasource_uids: hostileText, app_datasource_uid: hostileText }),
);
const alertmanagerBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.nat(3).map((unit) => ({ url: `http://am-${unit}:9093` })),
  hostileText.map((url) => ({ url })),
  fc.record({ public_address: hostileText, scheme: hostileText }),
);

const memcachedBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.nat(2).map((unit) => ({ host: `mc-${unit}`, port: '11211', 'udp-port': '0' })),
  fc.record({ host: fc.oneof(fc.constant('10.1.0.8'), hostileText), port: hostileText }),
);

const s3Bag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.record({
    bucket: fc.oneof(fc.constant('mimir'), hostileText),
    endpoint: fc.oneof(fc.constantFrom('', 'http://minio:9000'), hostileText),
    'access-key': fc.constantFrom('', bucketKeys.accessKey),
    'secret-key': fc.constantFrom('', bucketKeys.secretKey),
    'secret-extra': fc.constantFrom('', 'secret:9m4e2mr0ui3e8a215n4g'),
    'tls-ca-chain': fc.oneof(fc.constantFrom('', '["x"]'), hostileText),
    path: fc.constantFrom('', 'cos'),
    region: fc.oneof(fc.constantFrom('', 'us-east-1'), hostileText),
    's3-uri-style': fc.oneof(fc.constantFrom('', 'path'), hostileText),
  }),
);

/** Our own bag: what it may hold of ours, and Juju's own keys, which are strangers to us. */
export const ownBag = (keys: readonly string[]): fc.Arbitrary<Databag> =>
  fc
    .dictionary(fc.constantFrom(...keys), fc.constantFrom('old', '{}', 'x'))
    .map((bag) => ({ ...bag, 'ingress-address': '10.1.0.3', stranger: 'kept' }));

interface EndpointShape {
  readonly firstId: number;
  readonly ours: readonly string[];
  readonly remoteApp: fc.Arbitrary<Databag>;
}

const senderShape = { firstId: 10, ours: ['remote_write', 'event'], remoteApp: senderBag };
const otlpShape = { firstId: 15, ours: ['endpoints', 'event'], remoteApp: otlpBag };
const grafanaShape = {
  firstId: 20,
  ours: ['grafana_source_host', 'grafana_source_app_host', 'grafana_source_data'],
  remoteApp: grafanaBag,
};

const nothingSaid = fc.constant<Databag>({});
const apiShape = { firstId: 60, ours: ['direct_url', 'ingress_url'], remoteApp: nothingSaid };
const catalogueShape = { firstId: 70, ours: ['name', 'url', 'api_endpoints'], remoteApp: nothingSaid };
const scraperShape = {
  firstId: 120,
  ours: ['scrape_jobs', 'prometheus_scrape_unit_address'],
  remoteApp: nothingSaid,
};
const datasourceBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.constant({ datasources: '[{"type":"tempo","uid":"traces","grafana_uid":"9f1c"}]' }),
  hostileText.map((datasources) => ({ datasources })),
);
const offeredBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constantFrom<Databag>({}, { alertmanager_config: '{}', alertmanager_templates: '[]' }),
  fc.constant({ alertmanager_config: '{"route": {"receiver": "x"}, "receivers": [{"name": "x"}]}' }),
  fc.record({ alertmanager_config: hostileText, alertmanager_templates: hostileText }),
);
const configurerShape = { firstId: 150, ours: ['stranger'], remoteApp: offeredBag };
const datasourceShape = { firstId: 80, ours: ['datasources'], remoteApp: datasourceBag };
const ingressBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constantFrom<Databag>({}, { ingress: '{"url": "http://gateway/cos-mimir-k8s"}' }, { ingress: '{}' }),
  fc.constant({ ingress: '{"url": "https://mimir.example.com/"}' }),
  hostileText.map((ingress) => ({ ingress })),
);
const ingressShape = { firstId: 90, ours: ['name', 'port', 'scheme', 'host', 'ip'], remoteApp: ingressBag };
const s3Shape = { firstId: 40, ours: ['bucket', 'version', 'requested-secrets'], remoteApp: s3Bag };

const receiver = (url: string, name = 'otlp_http') => ({ protocol: { name, type: 'http' }, url });
const tracingBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.constantFrom<Databag>(
    { receivers: JSON.stringify([receiver('http://tempo:4318')]) },
    { receivers: JSON.stringify([receiver('http://tempo:14268', 'jaeger_thrift_http')]) },
  ),
  hostileText.map((url) => ({ receivers: JSON.stringify([receiver(url)]) })),
  hostileText.map((receivers) => ({ receivers })),
);
const workloadTracingShape = { firstId: 130, ours: ['receivers'], remoteApp: tracingBag };
const charmTracingShape = { firstId: 140, ours: ['receivers'], remoteApp: tracingBag };

function endpoint(leader: boolean, { firstId, ours, remoteApp }: EndpointShape) {
  const relation = fc.record({
    application: fc.option(fc.constantFrom('agent', 'other'), { nil: undefined }),
    unitBag: ownBag(ours),
    appBag: leader ? orUnobserved(ownBag(ours)) : unobserved,
    remoteAppBag: orUnobserved(remoteApp),
  });
  const relations = fc.array(relation, { maxLength: 3 }).map((list) =>
    list.map((one, index): RelationSnapshot => ({
      id: firstId + index,
      remoteUnitBags: new Map(),
      ...one,
    })),
  );
  return orUnobserved(
    fc.tuple(relations, fc.boolean()).map(([list, all]): EndpointSnapshot => {
      if (all) return { scope: 'all', relations: list };
      return { scope: [firstId], relations: list.slice(0, 1) };
    }),
  );
}

const certificateBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constantFrom<Databag>({}, { version: '1', certificates: '[]' }),
  hostileText.map((certificates) => ({ version: '1', certificates })),
);
const authorityShape = { firstId: 100, ours: ['version'], remoteApp: certificateBag };

const nothingRelated: EndpointSnapshot = { scope: 'all', relations: [] };

/** An endpoint that is always read whole. */
function whole(leader: boolean, shape: EndpointShape) {
  return endpoint(leader, shape).map((found): EndpointSnapshot => {
    return found === 'unobserved' ? nothingRelated : { ...found, scope: 'all' };
  });
}

/** An endpoint that the leader alone reads. */
function forLeader(leader: boolean, shape: EndpointShape) {
  return leader ? endpoint(leader, shape) : unobserved;
}

/** An endpoint of which only the bags of the remote units mean something. */
function unitsOf(firstId: number, units: readonly string[], bag: fc.Arbitrary<Databag>) {
  return fc
    .array(fc.dictionary(fc.constantFrom(...units), bag), { maxLength: 3 })
    .map((list): EndpointSnapshot => ({
      scope: 'all',
      relations: list.map((bags, index) => ({
        id: firstId + index,
        application: undefined,
        unitBag: {},
        appBag: 'unobserved' as const,
        remoteAppBag: 'unobserved' as const,
        remoteUnitBags: new Map(Object.entries(bags)),
      })),
    }));
}

const lokiBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constant({}),
  fc.nat(2).map((unit) => ({ endpoint: `{"url": "http://loki-${unit}:3100/loki/api/v1/push"}` })),
  hostileText.map((endpoint) => ({ endpoint })),
);
const eventBag: fc.Arbitrary<Databag> = fc.oneof(
  fc.constantFrom<Databag>({}, { event: '{}' }, { event: '{"errors": "no such label"}' }),
  hostileText.map((event) => ({ event })),
);
const lokiShape = { firstId: 145, ours: ['metadata', 'alert_rules'], remoteApp: eventBag };

/** An endpoint that is always read whole, units and all. */
function wholeWithUnits(leader: boolean, shape: EndpointShape, bag: fc.Arbitrary<Databag>) {
  const units = fc.dictionary(fc.constantFrom('loki/0', 'loki/1'), bag);
  return fc.tuple(whole(leader, shape), units).map(([found, bags]): EndpointSnapshot => ({
    ...found,
    relations: found.relations.map((one) => ({ ...one, remoteUnitBags: new Map(Object.entries(bags)) })),
  }));
}

const alertmanagers = unitsOf(30, ['am/0', 'am/1', 'am/2'], alertmanagerBag);
const caches = unitsOf(50, ['memcached/0', 'memcached/1'], memcachedBag);

/** All endpoints as a leader, or another unit, may have read them. */
export function arbitraryEndpoints(leader: boolean) {
  return {
    senders: endpoint(leader, senderShape),
    otlpSenders: endpoint(leader, otlpShape),
    grafanas: endpoint(leader, grafanaShape),
    apiClients: forLeader(leader, apiShape),
    datasourcePeers: forLeader(leader, datasourceShape),
    configurers: forLeader(leader, configurerShape),
    catalogues: forLeader(leader, catalogueShape),
    scrapers: endpoint(leader, scraperShape),
    ingress: whole(leader, ingressShape),
    authorities: whole(leader, authorityShape),
    certificates: whole(leader, {
      ...{ firstId: 110, ours: ['certificate_signing_requests'], remoteApp: arbitraryAnswers },
    }),
    alertmanagers,
    caches,
    lokis: wholeWithUnits(leader, lokiShape, lokiBag),
    s3: whole(leader, s3Shape),
    workloadTracing: whole(leader, workloadTracingShape),
    charmTracing: whole(leader, charmTracingShape),
  };
}
