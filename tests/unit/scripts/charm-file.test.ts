import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zipFolder } from '../../../scripts/charm-file.ts';
import { readCharmFile } from '../../support/packed-members.ts';

let root: string;
const zone = process.env['TZ'];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'charm-file-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Makes a folder with the same three files, in one order or another, as someone with this umask would have them. */
function aFolder(name: string, { order, program }: { order: readonly string[]; program: number }): string {
  const folder = join(root, name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const path of order) {
    writeFileSync(join(folder, path), `this is ${path}\n`.repeat(20));
    chmodSync(join(folder, path), path === 'bin/run' ? program : program & 0o666);
    utimesSync(join(folder, path), order.indexOf(path) + 1e9, order.length + 1e9);
  }
  return folder;
}

describe('packing a folder', () => {
  test('gives the same bytes whenever, wherever and by whomever it was filled', async () => {
    const first = aFolder('first', { order: ['a', 'bin/run', 'B'], program: 0o755 });
    const second = aFolder('second', { order: ['B', 'a', 'bin/run'], program: 0o700 });
    await zipFolder(first, join(root, 'first.charm'));
    process.env['TZ'] = 'Pacific/Auckland';
    await zipFolder(second, join(root, 'second.charm'));
    expect(readFileSync(join(root, 'second.charm')).equals(readFileSync(join(root, 'first.charm')))).toBe(
      true,
    );
    const members = await readCharmFile(join(root, 'first.charm'));
    expect(members.map(({ path, mode }) => [path, mode.toString(8)])).toEqual([
      ['B', '100644'],
      ['a', '100644'],
      ['bin/run', '100755'],
    ]);
    expect(members[2]?.content.toString()).toBe('this is bin/run\n'.repeat(20));
  });

  test('refuses links, which charmcraft would follow', async () => {
    const folder = aFolder('x', { order: ['a'], program: 0o755 });
    symlinkSync('a', join(folder, 'link'));
    await expect(zipFolder(folder, join(root, 'x.charm'))).rejects.toThrow(
      'cannot pack link: it is neither a file nor a folder',
    );
    expect(readdirSync(root)).toEqual(['x']);
  });

  test('says why it cannot write, and leaves nothing half done', async () => {
    const folder = aFolder('x', { order: ['a'], program: 0o755 });
    mkdirSync(join(root, 'x.charm/taken'), { recursive: true });
    await expect(zipFolder(folder, join(root, 'x.charm'))).rejects.toThrow(/^cannot pack .*x\.charm: /);
    await expect(zipFolder(folder, join(root, 'nowhere/x.charm'))).rejects.toThrow(/ENOENT/);
    expect(readdirSync(root)).toEqual(['x', 'x.charm']);
  });
});
