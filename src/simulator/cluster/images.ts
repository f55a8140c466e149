import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { accountFiles, hostCertificates, hostSystem, simulatorPrograms } from './host-system.ts';
import type { RootContent } from './host-system.ts';

/** What a container image gives: its files and its `ENV`. */
export interface Image extends RootContent {
  readonly environment: Readonly<Record<string, string>>;
}

/** Paths of the real programs on the host. */
export interface ClusterBinaries {
  readonly pebble: string;
  readonly mimir: string;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const images: Readonly<Record<string, (binaries: ClusterBinaries) => Image>> = {
  'grafana/mimir': distrolessMimir,
  'juju-sim/node': nodeImage,
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

/** Distroless: one static binary, certificates, accounts; no shell. */
function distrolessMimir({ mimir }: ClusterBinaries): Image {
  const certificates = hostCertificates();
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  return {
    binds: [{ source: mimir, target: '/bin/mimir' }],
    links: {},
    files: {
      ...accountFiles(
        'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:10001:10001:nonroot:/home/nonroot:/sbin/nologin\n',
      ),
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
