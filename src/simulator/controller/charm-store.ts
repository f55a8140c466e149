import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCharm } from '../model/charm.ts';
import type { Charm } from '../model/charm.ts';
import { JujuError } from '../model/errors.ts';
import { bundleStandIn } from '../stand-ins/bundle.ts';
import { findStandIn, standInDispatch, standInProgram, standIns } from '../stand-ins/index.ts';

/** Reads the charm of a folder, or of a stand-in's name. */
export async function readCharm(charm: string): Promise<Charm> {
  const folder = sourceOf(charm).folder;
  const metadata = await readOptional(join(folder, 'metadata.yaml'));
  if (metadata === undefined) throw new JujuError(`cannot read charm: ${folder} has no metadata.yaml`);
  return parseCharm({
    metadata,
    config: await readOptional(join(folder, 'config.yaml')),
    actions: await readOptional(join(folder, 'actions.yaml')),
  });
}

/** Copies a charm to where its application keeps it: later changes of the folder do not reach the units. */
export async function storeCharm(charm: string, target: string): Promise<void> {
  const { folder, entry } = sourceOf(charm);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(folder, target, { recursive: true, verbatimSymlinks: true });
  if (entry === undefined) return;
  await bundleStandIn(entry, join(target, standInProgram));
  await writeFile(join(target, 'dispatch'), standInDispatch(process.execPath), { mode: 0o755 });
}

function sourceOf(charm: string): { readonly folder: string; readonly entry: string | undefined } {
  const standIn = charm.includes('/') ? undefined : standIns[findStandIn(charm) ?? ''];
  return standIn ?? { folder: charm, entry: undefined };
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
