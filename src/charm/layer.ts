import { dirname } from 'node:path';
import { runCommand } from '../mimir/command.ts';
import { paths } from '../mimir/paths.ts';
import { ports } from '../mimir/ports.ts';
import type { Check, Layer } from '../pebble/index.ts';

/** Mimir's service in Pebble's plan, and the label of its layer. */
export const serviceName = 'mimir';
export const layerLabel = 'mimir';
/** The label of the layer that says where the log goes. */
export const loggingLabel = 'mimir-logging';
/** The check that makes the unit's pod ready. */
export const readyCheck = 'mimir-ready';
/** The check that tells whether enough units serve. */
export const quorumCheck = 'mimir-quorum';

/** Variable of the service's environment whose change makes Pebble restart Mimir at the next replan. */
export const hashVariable = 'MIMIR_K8S_CONFIG_HASH';
/** Variable of the service's environment that remembers the version of the container's binary. */
export const versionVariable = 'MIMIR_K8S_VERSION';

/** Variable of the service's environment that names folders with certificates of authorities. */
export const trustVariable = 'SSL_CERT_DIR';

/** Variable of the service's environment that names where traces are posted to. */
export const tracesVariable = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

/** How Pebble is to run Mimir. */
export interface MimirService {
  readonly run: boolean;
  readonly hash: string;
  readonly version: string;
  /** Several units keep copies of each series. */
  readonly replicated: boolean;
  /** Authorities are trusted beside those of the image. */
  readonly trusting: boolean;
  /** Mimir speaks TLS. */
  readonly https: boolean;
  /** Variables by which Mimir sends traces; empty if it is to send none. */
  readonly tracing: Readonly<Record<string, string>>;
}

/**
 * The layer of one unit.
 *
 * The check is of level `ready` and never `alive`: the kubelet would kill Mimir in the middle of a WAL replay.
 * It goes down after two failures, 6 s, which is sooner than the charm stops waiting for Mimir (10 s): so a
 * Mimir that comes later always causes a check-recovered event. It has no `startup`, which Pebble knows only from
 * 1.19 on (Juju 3.6.4). The kill-delay leaves 5 s of a pod's grace of
 * 30 s to Pebble itself (Pebble: its default of 5 s would cut Mimir's shutdown).
 */
export function mimirLayer(unit: MimirService): Layer {
  return {
    summary: 'Grafana Mimir, all components in one process',
    services: {
      [serviceName]: {
        override: 'replace',
        summary: 'Grafana Mimir',
        command: runCommand().join(' '),
        startup: unit.run ? 'enabled' : 'disabled',
        environment: {
          [hashVariable]: unit.hash,
          [versionVariable]: unit.version,
          ...(unit.trusting ? trust : {}),
          ...unit.tracing,
        },
        'kill-delay': '25s',
      },
    },
    checks: {
      [readyCheck]: {
        override: 'replace',
        level: 'ready',
        period: '3s',
        timeout: '2s',
        threshold: 2,
        ...asking('/ready', unit),
      },
      ...(unit.replicated ? { [quorumCheck]: enoughUnits(unit) } : {}),
    },
  };
}

/** Go: crypto/x509 reads all certificates of these folders, besides the bundle of the system, for every client of the process. */
const trust = { [trustVariable]: `/etc/ssl/certs:${dirname(paths.trustedCa)}` };

/**
 * Of no level, so that it takes no pod out of the Service. Mimir: this path asks the ingesters as a query does, and fails
 * when too few of them answer; it leaves no line in the log.
 */
function enoughUnits(unit: MimirService): Check {
  return {
    override: 'replace',
    period: '5s',
    timeout: '4s',
    threshold: 2,
    ...asking('/api/v1/user_stats', unit),
  };
}

/** Pebble: a check over HTTP takes the word of the container's own authorities only, and cannot be told another. */
function asking(path: string, { https }: MimirService): Pick<Check, 'http' | 'exec'> {
  const address = `127.0.0.1:${ports.http}${path}`;
  return https
    ? { exec: { command: `${paths.probe} https://${address}` } }
    : { http: { url: `http://${address}` } };
}
