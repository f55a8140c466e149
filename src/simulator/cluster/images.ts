import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { accountFiles, hostCertificates, hostSystem, simulatorPrograms } from './host-system.ts';
import type { Bind, RootContent } from './host-system.ts';

/** What a container image gives: its files and its `ENV`. */
export interface Image extends RootContent {
  readonly environment: Readonly<Record<string, string>>;
}

/** Paths of the real programs on the host. */
export interface ClusterBinaries {
  readonly pebble: string;
  readonly mimir: string;
  /** Where MinIO is, or will be once it is built: few need it. */
  readonly minio?: string;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const images: Readonly<Record<string, (binaries: ClusterBinaries) => Image>> = {
  'grafana/mimir': distrolessMimir,
  'juju-sim/node': nodeImage,
  'minio/minio': minioImage,
};

/** The image that a reference such as `docker.io/grafana/mimir:3.0.5` names; the tag does not matter. */
export function findImage(reference: string, binaries: ClusterBinaries): Image {
  const repository = imageRepository(reference);
  const make = images[repository];
  if (make !== undefined) return make(binaries);
  const known = Object.keys(images).join(', ');
  throw new Error(`cannot pull image "${reference}": the simulator knows no image but ${known}`);
}

/** The repository of a reference, without Docker Hub's host, tag and digest. */
export function imageRepository(reference: string): string {
  return reference
    .replace(/^(index\.)?docker\.io\//, '')
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '');
}

/** Of distroless/static-debian12; there is none for Mimir's own user, 10001. */
const distrolessAccounts = [
  'root:x:0:0:root:/root:/sbin/nologin\n',
  'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n',
  'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
].join('');

/** Distroless: one static binary, certificates, accounts; no shell. */
function distrolessMimir({ mimir }: ClusterBinaries): Image {
  return oneProgram({ source: mimir, target: '/bin/mimir' }, distrolessAccounts);
}

/** MinIO without the shell and the client that its own image has too. */
function minioImage({ minio }: ClusterBinaries): Image {
  if (minio === undefined || !existsSync(minio))
    throw new Error(
      "cannot pull image minio/minio: MinIO is not built yet, which 'npm run binaries minio' does",
    );
  const root = 'root:x:0:0:root:/root:/sbin/nologin\n';
  return oneProgram({ source: minio, target: '/usr/bin/minio' }, root);
}

/** One static binary, certificates and accounts. */
function oneProgram(program: Bind, accounts: string): Image {
  const certificates = hostCertificates();
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  return {
    binds: [program],
    links: {},
    files: {
      ...accountFiles(accounts),
      ...(certificates === undefined ? {} : { [bundle]: readFileSync(certificates, 'utf8') }),
    },
    environment: { PATH: searchPath, SSL_CERT_FILE: bundle },
  };
}

/** The host's programs, Node.js and the simulator's sources: for workloads of stand-in charms. */
function nodeImage(): Image {
  const system = hostSystem();
  return {
    ...system,
    binds: [...system.binds, ...simulatorPrograms()],
    environment: { PATH: `${dirname(process.execPath)}:${searchPath}` },
  };
}
