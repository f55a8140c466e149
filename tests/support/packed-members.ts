import { readFileSync } from 'node:fs';
import { readZip } from '../../src/simulator/cli/zip.ts';

/** A file of a packed charm. */
export interface PackedMember {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** Reads all of a packed charm, in its order. */
export async function readCharmFile(path: string): Promise<readonly PackedMember[]> {
  const members: PackedMember[] = [];
  for await (const { content, ...entry } of readZip(readFileSync(path)))
    members.push({ ...entry, content: await content() });
  return members;
}
