import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { PebbleApiError } from '../../../src/pebble/index.ts';
import { pebbleSuite, rejection } from './pebble-suite.ts';

const suite = pebbleSuite();
const at = (...names: string[]) => join(suite().pebble.dir, ...names);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** All byte values, and the line breaks and dashes that multipart bodies are made of. */
const bytes = Buffer.concat([
  Buffer.from(Array.from({ length: 256 }, (_, value) => value)),
  Buffer.from('\r\n--\r\n\r\n--x--\r\n'),
]);

describe('reading files', () => {
  it('gives their text, and undefined for a missing one', async () => {
    writeFileSync(at('text'), 'é 漢 😀\r\nline\n');
    const { client } = suite();
    expect(await client.readFile(at('text'))).toBe('é 漢 😀\r\nline\n');
    expect(await client.readFile(at('absent'))).toBeUndefined();
    expect(await client.readFile(at('text', 'below-a-file')).catch(String)).toContain('not a directory');
  });

  it('reads many in one request, empty and missing ones among them', async () => {
    const { client, requests } = suite();
    const paths = Array.from({ length: 30 }, (_, index) => at(`many-${index}`));
    paths.forEach((path, index) => {
      if (index % 3 !== 0) writeFileSync(path, index % 3 === 1 ? '' : `content of ${index}`);
    });
    requests.length = 0;
    const found = await client.readFiles(paths);
    expect(requests).toHaveLength(1);
    expect([...found.keys()]).toEqual(paths);
    expect([...found.values()].slice(0, 6)).toEqual([
      undefined,
      '',
      'content of 2',
      undefined,
      '',
      'content of 5',
    ]);
  });

  it('asks nothing of Pebble for no files', async () => {
    const { client, requests } = suite();
    requests.length = 0;
    expect(await client.readFiles([])).toEqual(new Map());
    await client.writeFiles([]);
    expect(requests).toEqual([]);
  });

  it('refuses what is no regular file', async () => {
    const error = await rejection(suite().client.readFiles([at('text'), '/tmp']));
    expect(error).toBeInstanceOf(PebbleApiError);
    expect(error).toMatchObject({
      kind: 'generic-file-error',
      message: 'cannot read /tmp: can only read a regular file: "/tmp"',
    });
  });

  it('refuses a path that is not absolute', async () => {
    expect(await rejection(suite().client.readFile('text'))).toMatchObject({
      message: 'cannot read text: paths must be absolute, got "text"',
    });
  });
});

describe('writing files', () => {
  it('keeps every byte, either way', async () => {
    const { client } = suite();
    await client.writeFile({ path: at('bytes'), content: bytes });
    expect(readFileSync(at('bytes')).equals(bytes)).toBe(true);
    expect((await client.readFileBytes([at('bytes')])).get(at('bytes'))?.equals(bytes)).toBe(true);
  });

  it('carries more than a mebibyte in one file', async () => {
    const { client } = suite();
    const content = Buffer.alloc(5 * 1024 * 1024, bytes);
    await client.writeFile({ path: at('large'), content });
    expect((await client.readFileBytes([at('large')])).get(at('large'))?.equals(content)).toBe(true);
  });

  it('makes the folders above, and gives the permissions asked for', async () => {
    const { client } = suite();
    const path = at('a', 'b', 'c', 'secret');
    expect(await rejection(client.writeFile({ path, content: 'x' }))).toMatchObject({ kind: 'not-found' });
    await client.writeFile({ path, content: 'x', permissions: '600', makeDirs: true });
    expect([modeOf(path), modeOf(at('a', 'b'))]).toEqual(['600', '755']);
    await client.writeFile({ path, content: 'y' });
    expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual(['644', 'y']);
  });

  it('writes many files in one request', async () => {
    const { client, requests } = suite();
    requests.length = 0;
    const files = ['one', 'two', 'three'].map((name) => ({
      path: at('set', name),
      content: name,
      makeDirs: true,
    }));
    await client.writeFiles(files);
    expect(requests).toEqual(['POST /v1/files']);
    expect(readFileSync(at('set', 'three'), 'utf8')).toBe('three');
  });

  it('names the file that failed, and writes the others', async () => {
    const { client } = suite();
    const error = await rejection(
      client.writeFiles([
        { path: '/proc/no-such-folder/x', content: '' },
        { path: at('after-the-bad-one'), content: 'written' },
      ]),
    );
    expect(String(error)).toContain('cannot write /proc/no-such-folder/x: ');
    expect(readFileSync(at('after-the-bad-one'), 'utf8')).toBe('written');
  });

  it('refuses permissions of other than three octal digits', async () => {
    const error = await rejection(
      suite().client.writeFile({ path: at('p'), content: '', permissions: '0600' }),
    );
    expect(error).toMatchObject({ kind: 'generic-file-error' });
    expect(String(error)).toContain('permissions must be a 3-digit octal string');
  });

  it('bears names that multipart headers must escape, and refuses those that they cannot hold', async () => {
    const { client } = suite();
    const names = ['with space', 'q"uote', 'back\\slash', 'trail\\', 'semi;colon=', 'é漢😀', '%0A', "it's"];
    await client.writeFiles(names.map((name) => ({ path: at(name), content: name })));
    expect(await client.readFiles(names.map((name) => at(name)))).toEqual(
      new Map(names.map((name) => [at(name), name])),
    );
    const broken = await rejection(client.writeFile({ path: at('a\nb'), content: '' }));
    expect(broken).toMatchObject({ kind: 'invalid-request' });
  });

  it('replaces a file in one step, so that a reader never sees half of it', async () => {
    const { client } = suite();
    await client.writeFile({ path: at('atomic'), content: 'first' });
    const inode = statSync(at('atomic')).ino;
    await client.writeFile({ path: at('atomic'), content: 'second' });
    expect(statSync(at('atomic')).ino).not.toBe(inode);
  });
});

describe('folders', () => {
  it('list their entries with size, type and permissions; a missing one is undefined', async () => {
    const { client } = suite();
    mkdirSync(at('list', 'sub'), { recursive: true });
    writeFileSync(at('list', 'file'), '12345', { mode: 0o640 });
    symlinkSync('file', at('list', 'link'));
    execFileSync('mkfifo', [at('list', 'pipe')]);
    const entries = await client.listFiles(at('list'));
    expect(entries?.map(({ name, type, size }) => [name, type, size])).toEqual([
      ['file', 'file', 5],
      ['link', 'symlink', undefined],
      ['pipe', 'named-pipe', undefined],
      ['sub', 'directory', undefined],
    ]);
    expect(entries?.[0]).toMatchObject({
      path: at('list', 'file'),
      permissions: '640',
      userId: process.getuid?.(),
    });
    expect(Date.now() - Date.parse(entries?.[0]?.lastModified ?? '')).toBeLessThan(60_000);
    expect(await client.listFiles(at('no-list'))).toBeUndefined();
    expect(await client.listFiles(at('list', 'file'))).toHaveLength(1);
  });

  it('are made with those above them, once or again', async () => {
    const { client } = suite();
    await client.makeDirs([at('made', 'deep'), at('made', 'other')], { permissions: '700' });
    expect(modeOf(at('made', 'deep'))).toBe('700');
    await client.makeDirs([at('made', 'deep')], { permissions: '755' });
    expect(modeOf(at('made', 'deep'))).toBe('700');
    expect(existsSync(at('made', 'other'))).toBe(true);
    writeFileSync(at('a-file'), '');
    expect(String(await rejection(client.makeDirs([at('a-file')])))).toContain(`make folder ${at('a-file')}`);
  });

  it('are removed with what is in them only if asked so', async () => {
    const { client } = suite();
    mkdirSync(at('gone', 'sub'), { recursive: true });
    expect(await rejection(client.removePath(at('gone')))).toMatchObject({ kind: 'generic-file-error' });
    await client.removePath(at('gone'), { recursive: true });
    expect(existsSync(at('gone'))).toBe(false);
    await client.removePath(at('gone'), { recursive: true });
    expect(await rejection(client.removePath(at('gone')))).toMatchObject({ kind: 'not-found' });
  });
});
