import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file or folder of the host, or of the simulator, that a container sees at `target`. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly writable?: boolean;
}

/** What a container's root holds before anything runs in it. */
export interface RootContent {
  readonly binds: readonly Bind[];
  /** Symbolic links: path to what it points to. */
  readonly links: Readonly<Record<string, string>>;
  /** Text of files by path; each container has its own, writable copy. */
  readonly files: Readonly<Record<string, string>>;
}

const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** What programs of /usr look up in /etc: the linker's cache, certificates, names of ports. */
const systemSettings = [
  'alternatives',
  'ca-certificates',
  'ld.so.cache',
  'localtime',
  'pki',
  'services',
  'ssl',
];
const repository = dirname(dirname(dirname(import.meta.dirname)));

/** The host's programs, read-only: enough for `sh`, Python and a charm's own Node.js. */
export function hostSystem(): RootContent {
  const present = systemFolders.filter((path) => existsSync(path));
  const isLink = (path: string) => lstatSync(path).isSymbolicLink();
  const settings = systemSettings.map((name) => join('/etc', name)).filter((path) => existsSync(path));
  return {
    binds: [...present.filter((path) => !isLink(path)), ...settings].map(atOwnPath),
    links: Object.fromEntries(present.filter(isLink).map((path) => [path, readlinkSync(path)])),
    files: accountFiles(
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
    ),
  };
}

/** This Node.js and what the simulator's own programs import, read-only at their own paths. */
export function simulatorPrograms(): readonly Bind[] {
  const sources = ['src', 'node_modules', 'package.json'].map((name) => join(repository, name));
  return [process.execPath, ...sources].map(atOwnPath);
}

/** Root's and other accounts, and where names are looked up: the host may ask mDNS first for `.local`. */
export function accountFiles(passwd: string): Readonly<Record<string, string>> {
  return {
    '/etc/passwd': passwd,
    '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\n',
  };
}

/** The host's bundle of certificate authorities, or undefined if it has none. */
export function hostCertificates(): string | undefined {
  return ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'].find((path) =>
    existsSync(path),
  );
}

function atOwnPath(path: string): Bind {
  return { source: path, target: path };
}
