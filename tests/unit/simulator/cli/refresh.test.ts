import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

let workingFolder: string;

beforeEach(() => {
  workingFolder = mkdtempSync(join(tmpdir(), 'cli-'));
});

afterEach(() => {
  rmSync(workingFolder, { recursive: true });
});

test('refresh takes a charm as deploy does, and resources, and says the revision', async () => {
  writeFileSync(join(workingFolder, 'metadata.yaml'), 'name: x-k8s\n');
  const { code, calls, stderr } = await runCli(['refresh', 'x', '--path', './', '--resource', 'image=x:2'], {
    workingFolder,
    answer: () => ({ application: 'x', charm: 'x-k8s', revision: 3 }),
  });
  expect(calls).toEqual([
    { command: 'refresh', application: 'x', charm: workingFolder, resources: { image: 'x:2' } },
  ]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'Refreshing "x" to charm "x-k8s", revision 3\n',
  });
});

test('refresh with a resource alone leaves the charm', async () => {
  const { calls } = await runCli(['refresh', 'x', '--resource', 'image=x:2'], {
    answer: () => ({ application: 'x', charm: 'x-k8s', revision: 1 }),
  });
  expect(calls).toEqual([{ command: 'refresh', application: 'x', resources: { image: 'x:2' } }]);
});

test('add-secret reads texts from arguments and files, and prints the URI', async () => {
  writeFileSync(join(workingFolder, 'key.pem'), 'two\nlines\n');
  const { stdout, calls } = await runCli(['add-secret', 'tls', 'user=me', 'key#file=key.pem'], {
    workingFolder,
    answer: () => 'secret:9m4e2mr0ui3e8a215n4g',
  });
  expect(calls).toEqual([
    { command: 'add-secret', name: 'tls', content: { user: 'me', key: 'two\nlines\n' } },
  ]);
  expect(stdout).toBe('secret:9m4e2mr0ui3e8a215n4g\n');
});

test('a file of a secret that cannot be read is named', async () => {
  const argv = ['add-secret', 'tls', 'key#file=none.pem'];
  const { code, stderr, calls } = await runCli(argv, { workingFolder });
  expect({ code, calls }).toEqual({ code: 1, calls: [] });
  expect(stderr).toContain('none.pem');
});
