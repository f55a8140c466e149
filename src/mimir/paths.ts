/** Mimir: the tenant of every request when multitenancy is off. */
export const tenant = 'anonymous';

/** The two folders that every other path of Mimir lies in. */
export interface Folders {
  /** Persistent: the storage of the unit. */
  readonly dataDir: string;
  /** Configuration files; in a place that the user of the container can write. */
  readonly configDir: string;
}

/** Files of Mimir in its container. */
export interface MimirPaths extends Folders {
  readonly config: string;
  /** Where a new configuration waits until Mimir's own binary has accepted it. */
  readonly candidateConfig: string;
  /** The runtime configuration, which Mimir reads again by itself. */
  readonly limits: string;
  readonly alertmanagerFallback: string;
  /** Certificates of the authorities that the object store's own one is signed by. */
  readonly storeCa: string;
  /** Certificates of the authorities that Mimir trusts besides those of its image; alone in its folder. */
  readonly trustedCa: string;
  /** What Mimir shows to those that connect to it, and how its parts know one another, in PEM. */
  readonly tlsFiles: { readonly certificate: string; readonly key: string; readonly ca: string };
  /** The program that asks Mimir whether it is ready, where Pebble cannot. */
  readonly probe: string;
  /** What users had put into Mimir by its API, while Mimir moves from the unit's disk to a bucket. */
  readonly userState: string;
  /** Says of when samples are that are on the unit's disk only, since Mimir moved to a bucket. */
  readonly leftOnDisk: string;
  /** Which blocks Mimir has shipped already; without it, it ships all of them again. */
  readonly shipperRecord: string;
  /** By them a Mimir that is started remembers that it was to leave for good when it stops. */
  readonly shutdownMarkers: readonly string[];
  /** What is kept on the persistent volume: what Mimir last ran well with, and what it refused. */
  readonly lastGood: Readonly<Record<'config' | 'storeCa' | 'trustedCa' | 'rejection', string>>;
}

/** Names every file of Mimir below `folders`. */
export function mimirPaths({ dataDir, configDir }: Folders): MimirPaths {
  const lastGood = `${dataDir}/last-good`;
  return {
    dataDir,
    configDir,
    config: `${configDir}/mimir.yaml`,
    candidateConfig: `${configDir}/mimir.candidate.yaml`,
    limits: `${configDir}/limits.yaml`,
    alertmanagerFallback: `${configDir}/alertmanager-fallback.yaml`,
    storeCa: `${configDir}/store-ca.pem`,
    trustedCa: `${configDir}/trusted/ca.pem`,
    tlsFiles: {
      certificate: `${configDir}/tls/certificate.pem`,
      key: `${configDir}/tls/key.pem`,
      ca: `${configDir}/tls/ca.pem`,
    },
    probe: `${configDir}/probe`,
    userState: `${dataDir}/moving/user-state.json`,
    // Goes with the samples that it speaks of, when someone removes them.
    leftOnDisk: `${dataDir}/store/not-in-the-bucket.txt`,
    shipperRecord: `${dataDir}/tsdb/${tenant}/mimir.shipper.json`,
    shutdownMarkers: [
      `${dataDir}/tsdb/shutdown-requested.txt`,
      `${dataDir}/tsdb-sync/shutdown-requested.txt`,
    ],
    lastGood: {
      config: `${lastGood}/mimir.yaml`,
      storeCa: `${lastGood}/store-ca.pem`,
      trustedCa: `${lastGood}/trusted-ca.pem`,
      rejection: `${lastGood}/rejected.json`,
    },
  };
}

/** The files where the charm keeps them. */
export const paths: MimirPaths = mimirPaths({ dataDir: '/data', configDir: '/data/config' });
