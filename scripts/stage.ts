import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { bundle } from './bundle.ts';
import { makeCodeCache } from './code-cache.ts';
import { goLicence, thirdPartyLicences } from './licences.ts';
import { buildProbe } from './probe.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Juju's names of the architectures, and Node.js's. */
export const architectures = { amd64: 'x64', arm64: 'arm64' } as const;
/** Name of an architecture that charms are made for. */
export type Architecture = keyof typeof architectures;

/** Whether someone's word is the name of an architecture. */
export function isArchitecture(name: string): name is Architecture {
  return Object.hasOwn(architectures, name);
}

/** The architecture of this machine. */
export const ownArchitecture: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

const yamlFiles = ['metadata.yaml', 'config.yaml', 'actions.yaml'];

/** The pinned Node.js for an architecture; the other one than this machine's is installed apart. */
function nodeBinary(architecture: Architecture): string {
  const name = `node-linux-${architectures[architecture]}`;
  const installed = join(root, 'runtime/node_modules', name, 'bin/node');
  if (existsSync(installed)) return installed;
  const folder = join(root, 'build/runtime', architecture);
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(root, 'runtime', file), join(folder, file));
  }
  const options = ['--os=linux', `--cpu=${architectures[architecture]}`, '--no-audit', '--no-fund'];
  const npm = spawnSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (npm.status !== 0) throw new Error(`cannot install ${name}: npm ci failed`);
  return join(folder, 'node_modules', name, 'bin/node');
}

/** Copies Node.js without its symbols, if `strip` knows the architecture: 18 MB less. */
function stageNode(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const strip = spawnSync('strip', ['-o', target, source], { stdio: 'ignore' });
  if (strip.status !== 0) copyFileSync(source, target);
  chmodSync(target, 0o755);
}

/** Makes the unpacked charm in `folder`, from nothing. */
export async function stageCharm(architecture: Architecture, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const inputs = await bundle(join(folder, 'bundle.cjs'));
  // A cache is of one architecture, and another one's Node.js does not run here: that charm starts slower.
  if (architecture === ownArchitecture) makeCodeCache(join(folder, 'bundle.cjs'), join(folder, 'bundle.jsc'));
  writeFileSync(join(folder, 'LICENSE.third-party'), thirdPartyLicences(inputs));
  const node = nodeBinary(architecture);
  stageNode(node, join(folder, 'bin/node'));
  copyFileSync(join(dirname(dirname(node)), 'LICENSE'), join(folder, 'LICENSE.node'));
  buildProbe(architecture, join(folder, 'bin/probe'));
  copyFileSync(goLicence, join(folder, 'LICENSE.go'));
  for (const file of [...yamlFiles, 'LICENSE', 'README.md', 'icon.svg'])
    copyFileSync(join(root, file), join(folder, file));
  for (const program of ['dispatch', 'charm.cjs']) {
    copyFileSync(join(root, 'charm', program), join(folder, program));
    chmodSync(join(folder, program), 0o755);
  }
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  writeFileSync(join(folder, 'version'), `${version}\n`);
}
