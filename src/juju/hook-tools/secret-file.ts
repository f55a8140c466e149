import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redacted } from '../redacted.ts';

/** A secret's values by key, to be stored: texts, or bytes. */
export type SecretValues = Readonly<Record<string, Redacted<string | Buffer>>>;

/** Folders in which the file may be, the first that can be written to being taken. */
const defaultParents = () => ['/dev/shm', tmpdir()];

/**
 * Hands `use` a file with `values` for secret-add and secret-set, and removes it afterwards. Arguments would be open to
 * every process in `/proc` and to the unit agent's log at TRACE (Juju: jujuc/server.go), and these tools read no stdin.
 * Only this user may read the file, as the unit agent of the same container does. It is in memory where it can be, since
 * what was on a disk may be read off it later.
 */
export async function withSecretFile<T>(
  values: SecretValues,
  use: (path: string) => Promise<T>,
  parents: readonly string[] = defaultParents(),
): Promise<T> {
  const folder = await makeFolder(parents);
  try {
    const path = join(folder, 'secret.json');
    await writeFile(path, toJson(values), { mode: 0o600 });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything in base64, so that Juju stores just these bytes (Juju: core/secrets, ReadSecretData). */
function toJson(values: SecretValues): string {
  const encoded = Object.entries(values).map(([key, value]) => {
    return [`${key}#base64`, Buffer.from(value.reveal()).toString('base64')];
  });
  return JSON.stringify(Object.fromEntries(encoded));
}

async function makeFolder(parents: readonly string[]): Promise<string> {
  const refusals: unknown[] = [];
  for (const parent of parents) {
    try {
      return await mkdtemp(join(parent, 'juju-secret-'));
    } catch (error) {
      refusals.push(error);
    }
  }
  throw new AggregateError(refusals, `cannot write a secret's file: no folder in ${parents.join(' or ')}`);
}
