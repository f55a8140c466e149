import { createWriteStream, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ZipFile } from 'yazl';
import { charmBase, renderManifest } from './manifest.ts';
import { type Architecture, stageCharm } from './stage.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The name that `npm run pack` gives to the charm for an architecture. */
export function charmFileName(architecture: Architecture): string {
  const { name, channel } = charmBase();
  return `mimir-k8s_${name}-${channel}-${architecture}.charm`;
}

/** Stages the charm for an architecture in `folder`, from nothing, and packs it into the file `target`. */
export async function packCharm(
  architecture: Architecture,
  { folder, target }: { readonly folder: string; readonly target: string },
): Promise<void> {
  await stageCharm(architecture, folder);
  writeFileSync(join(folder, 'manifest.yaml'), renderManifest(architecture));
  await zipFolder(folder, target);
}

/** The `.charm` of an architecture in the repository's root, and the folder that it is staged in. */
export function packPlaces(architecture: Architecture): { readonly folder: string; readonly target: string } {
  return {
    folder: join(root, 'build/pack', architecture),
    target: join(root, charmFileName(architecture)),
  };
}

/** Packs a folder's files such that equal content gives equal bytes: sorted, and of one time and one of two modes. */
export async function zipFolder(folder: string, target: string): Promise<void> {
  const zip = new ZipFile();
  for (const path of filesOf(folder)) {
    const isProgram = (statSync(join(folder, path)).mode & 0o100) !== 0;
    zip.addFile(join(folder, path), path, {
      // Without a zone: the other form of a time in a zip would hold this machine's.
      ...{ mtime: new Date(2000, 0, 1), forceDosTimestamp: true },
      ...{ mode: isProgram ? 0o100755 : 0o100644, compressionLevel: 9 },
    });
  }
  const written = writeWhole(zip, target);
  zip.end();
  await written;
}

/** Writes the archive under another name first, so that a file of the right name is always complete. */
async function writeWhole(zip: ZipFile, target: string): Promise<void> {
  const unfinished = join(dirname(target), `.unfinished-${basename(target)}`);
  const failed = new Promise<never>((_, reject) => zip.once('error', reject));
  try {
    await Promise.race([pipeline(zip.outputStream, createWriteStream(unfinished)), failed]);
    renameSync(unfinished, target);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw new Error(`cannot pack ${target}: ${String(cause)}`, { cause });
  }
}

function filesOf(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const members = entries.filter((entry) => !entry.isDirectory());
  const odd = members.find((entry) => !entry.isFile());
  if (odd !== undefined) throw new Error(`cannot pack ${odd.name}: it is neither a file nor a folder`);
  return members.map(({ parentPath, name }) => relative(folder, join(parentPath, name))).toSorted();
}
