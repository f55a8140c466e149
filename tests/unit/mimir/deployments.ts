import type { MimirDeployment, S3Store } from '../../../src/mimir/config/deployment.ts';
import { defaultLimits } from '../../../src/mimir/config/limits.ts';
import type { RuntimeLimits } from '../../../src/mimir/config/limits.ts';
import { paths } from '../../../src/mimir/paths.ts';

/** One unit on local storage, as deployed without any option. */
export const oneUnit: MimirDeployment = {
  dataDir: paths.dataDir,
  configDir: paths.configDir,
  externalUrl: 'http://mimir-k8s.cos.svc.cluster.local:9009',
  blocksRetention: 24 * 3_600_000,
  logLevel: 'info',
  haTracker: false,
  store: { kind: 'local' },
  caches: [],
  replication: {
    factor: 1,
    label: 'cos.mimir-k8s',
    unitsHostname: 'mimir-k8s-endpoints.cos.svc.cluster.local',
  },
  tls: undefined,
  alertmanagerUrls: [],
};

export const s3: S3Store = {
  kind: 's3',
  endpoint: 'minio.cos.svc.cluster.local:9000',
  bucket: 'cos-mimir-k8s',
  region: undefined,
  insecure: true,
  uriStyle: 'path',
  accessKey: { reveal: () => 'AKIA' },
  secretKey: { reveal: () => 's3cr3t' },
  ownCa: false,
};

/** The deployments whose rendered configuration stands in golden/NAME.yaml, and is fed to the real binary too. */
export const deployments: Readonly<Record<string, MimirDeployment>> = {
  'one-unit': oneUnit,
  'behind-ingress': {
    ...oneUnit,
    externalUrl: 'https://ingress.example.com/cos-mimir-k8s',
    blocksRetention: 9_000_000,
    logLevel: 'debug',
  },
  'ha-tracker': { ...oneUnit, haTracker: true },
  s3: { ...oneUnit, store: s3 },
  's3-own-ca': {
    ...oneUnit,
    store: {
      kind: 's3',
      endpoint: 's3.example.com',
      bucket: 'mimir',
      region: 'eu-central-1',
      insecure: false,
      uriStyle: undefined,
      accessKey: { reveal: () => 'AKIA' },
      secretKey: { reveal: () => 's3cr3t' },
      ownCa: true,
    },
  },
  replicated: {
    ...oneUnit,
    store: s3,
    replication: { ...oneUnit.replication, factor: 3 },
  },
  tls: {
    ...oneUnit,
    store: s3,
    replication: { ...oneUnit.replication, factor: 3 },
    tls: { serverName: 'mimir-k8s.cos.svc.cluster.local' },
  },
  caches: {
    ...oneUnit,
    store: s3,
    caches: [
      { host: 'memcached-1.memcached-endpoints.cos.svc.cluster.local', port: 11_211 },
      { host: '10.1.0.7', port: 11_212 },
      { host: 'fd00::7', port: 11_211 },
    ],
  },
  'external-alertmanagers': {
    ...oneUnit,
    alertmanagerUrls: [
      'https://ingress.example.com/cos-alertmanager',
      'http://alertmanager-1.alertmanager-endpoints.cos.svc.cluster.local:9093',
      'http://alertmanager-0.alertmanager-endpoints.cos.svc.cluster.local:9093',
    ],
  },
};

/** The limits whose rendered runtime configuration stands in golden/NAME.yaml. */
export const namedLimits: Readonly<Record<string, RuntimeLimits>> = {
  'limits-default': defaultLimits,
  'limits-small': {
    maxGlobalSeries: 50_000,
    ingestionRate: 5000,
    ingestionBurstSize: 50_000,
    maxGlobalExemplars: 1000,
    outOfOrderTimeWindow: 0,
    haLabels: undefined,
  },
  'limits-ha': { ...defaultLimits, haLabels: { cluster: 'cluster', replica: '__replica__' } },
};
