import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { foreignCode, isElf } from '../support/foreign-code.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What git ignores. */
const ignoredFolders = ['.git', 'node_modules', 'build', 'coverage'];
const ignoredFiles = /\.(charm|log)$/;

/** All files of the repository, by their paths in it. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignoredFolders.includes(entry.name) ? [] : filesOf(path);
    return entry.isFile() && !ignoredFiles.test(entry.name) ? [relative(root, path)] : [];
  });
}

describe('of Mimir, Pebble and MinIO, which are GPL and AGPL', () => {
  const files = filesOf(root).map((path) => ({ path, content: readFileSync(join(root, path)) }));

  test('there is no code, licence or copyright line in the repository', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(({ path, content }) => foreignCode(path, content))).toEqual([]);
  });

  test('there is no program, nor is there one of anyone else', () => {
    expect(files.filter(({ content }) => isElf(content)).map(({ path }) => path)).toEqual([]);
  });

  test.each([
    ['bin/pebble', 'x'],
    ['pebble-v1.32.1', 'x'],
    ['x', '\u00ff Go buildinf:'],
    ['x', '\u00ff Go buildinf:path\tmimir-k8s/probe\nmod\tmimir-k8s/probe\t(devel)\t\ndep\tx\nbuild\t'],
    ['x', 'GNU AFFERO GENERAL PUBLIC LICENSE\n   Version 3'],
    ['x', 'GNU GENERAL PUBLIC LICENSE\n   Version 3'],
    ['x', '// SPDX-License\u002dIdentifier: AGPL-3.0-only'],
    ['x', 'Copyright\u0020(c) 2014-2024 Canonical Ltd'],
    ['x', '// copyright\u00202021 Grafana Labs'],
  ])('a trace would be seen in %s: %j', (path, text) => {
    expect(foreignCode(path, Buffer.from(text, 'latin1'))).toHaveLength(1);
  });

  test('none is seen in a program in Go of our own, without any dependency', () => {
    const built =
      '\u00ff Go buildinf:path\tmimir-k8s/probe\nmod\tmimir-k8s/probe\t(devel)\t\nbuild\t-trimpath=true';
    expect(foreignCode('bin/probe', Buffer.from(built, 'latin1'))).toEqual([]);
  });
});
