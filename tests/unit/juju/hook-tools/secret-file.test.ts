import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSecretFile } from '../../../../src/juju/hook-tools/secret-file.ts';
import { Redacted } from '../../../../src/juju/redacted.ts';

const values = { password: new Redacted('hunter2') };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the file is in the first folder that can be written to', async () => {
  const parents = [join(folder, 'missing'), folder];
  const [parent, text] = await withSecretFile(
    values,
    async (path) => [dirname(dirname(path)), await readFile(path, 'utf8')],
    parents,
  );
  expect(parent).toBe(folder);
  expect(text).toBe('{"password#base64":"aHVudGVyMg=="}');
  expect(await readdir(folder)).toStrictEqual([]);
});

test('the file is removed when its use fails, with that failure', async () => {
  const use = () => Promise.reject(new Error('no'));
  await expect(withSecretFile(values, use, [folder])).rejects.toThrow('no');
  expect(await readdir(folder)).toStrictEqual([]);
});

test('where no folder can be written to, nothing is used and the error says so', async () => {
  const parents = [join(folder, 'a'), join(folder, 'b')];
  await expect(withSecretFile(values, () => Promise.resolve(), parents)).rejects.toThrow(
    `cannot write a secret's file: no folder in ${parents.join(' or ')}`,
  );
});
