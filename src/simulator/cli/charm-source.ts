import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { ProgramName } from '../../../scripts/binaries.ts';
import { findStandIn, standIns } from '../stand-ins/index.ts';
import { parseYaml } from '../yaml.ts';
import { CommandError, type CommandContext } from './command.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** A charm to deploy. */
export interface CharmSource {
  /** What the daemon is told: an absolute folder, or a stand-in's name. */
  readonly charm: string;
  /** Name that the application gets if the user names none. */
  readonly name: string;
  /** Where it is from, for the user, such as `local charm "mimir-k8s"`. */
  readonly origin: string;
  /** Programs to be built first. */
  readonly programs: readonly ProgramName[];
}

/**
 * Finds the charm that the user means. A path is a folder or a `.charm` file; anything else is a name, and the
 * simulator has a few stand-ins in place of Charmhub.
 */
export async function findCharm(
  charm: string,
  { workingFolder, stateFolder }: CommandContext,
): Promise<CharmSource> {
  if (/[/\\]|^\.|\.charm$/.test(charm)) return localCharm(charm, resolve(workingFolder, charm), stateFolder);
  const standIn = findStandIn(charm);
  if (standIn === undefined) throw new CommandError(unknownCharm(charm));
  const programs = standIns[standIn]?.programs ?? [];
  return { charm: standIn, name: charm, origin: `stand-in "${standIn}"`, programs };
}

async function localCharm(written: string, path: string, stateFolder: string): Promise<CharmSource> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new CommandError(`no charm was found at "${written}"`);
  const folder = found.isDirectory() ? path : await unpack(path, join(stateFolder, 'unpacked'));
  const name = charmName(written, folder);
  return { charm: folder, name, origin: `local charm "${name}"`, programs: [] };
}

function charmName(written: string, folder: string): string {
  for (const file of ['metadata.yaml', 'charmcraft.yaml']) {
    const path = join(folder, file);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) continue;
    const metadata = parseYaml(readFileSync(path, 'utf8'));
    if (typeof metadata === 'object' && metadata !== null && 'name' in metadata) return String(metadata.name);
  }
  throw new CommandError(`no charm was found at "${written}": it has no metadata.yaml with a name`);
}

/** Unpacks a `.charm` file into a folder named after its content, once, and returns the folder. */
async function unpack(path: string, parent: string): Promise<string> {
  const archive = readFileSync(path);
  const folder = join(parent, createHash('sha256').update(archive).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    for await (const entry of readZip(archive)) await unpackEntry(entry, unfinished);
    renameSync(unfinished, folder);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new CommandError(`cannot unpack "${path}": ${String(cause)}`, { cause });
  }
  return folder;
}

async function unpackEntry({ path, mode, content }: ZipEntry, folder: string): Promise<void> {
  const target = resolve(folder, path);
  const link = (mode & 0o170000) === 0o120000 ? (await content()).toString('utf8') : undefined;
  for (const place of [target, resolve(dirname(target), link ?? '.')]) {
    if (place !== folder && !place.startsWith(folder + sep))
      throw new Error(`${path} leads out of the charm`);
  }
  mkdirSync(path.endsWith('/') ? target : dirname(target), { recursive: true });
  if (link !== undefined) symlinkSync(link, target);
  else if (!path.endsWith('/')) writeFileSync(target, await content(), { mode: mode & 0o777 || 0o644 });
}

function unknownCharm(charm: string): string {
  const known = Object.entries(standIns).map(([name, { standsInFor }]) => [name, ...standsInFor].join(', '));
  return (
    `charm "${charm}" not found: the simulator has no Charmhub. ` +
    `Deploy a folder or file (./${charm}), or one of its stand-ins: ${known.join(', ')}`
  );
}
