import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  copyCharm,
  makeContainerRoot,
  pathInContainer,
} from '../../../../src/simulator/cluster/container-root.ts';

describe('a container’s root', () => {
  let folder: string;
  let outside: string;
  const content = () => ({
    binds: [
      { source: join(outside, 'charm'), target: '/var/lib/juju/agents/unit-a-0/charm', writable: true },
      { source: join(outside, 'juju'), target: '/var/lib/juju', writable: true },
      { source: join(outside, 'program'), target: '/opt/program' },
    ],
    links: { '/bin': 'usr/bin' },
    files: { '/etc/ssl/certs/all.crt': 'text' },
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'root-'));
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    for (const name of ['charm', 'juju']) mkdirSync(join(outside, name));
    writeFileSync(join(outside, 'program'), '');
  });
  afterEach(() => {
    for (const path of [folder, outside]) rmSync(path, { recursive: true });
  });

  it('is fresh each time', () => {
    makeContainerRoot(folder, content());
    writeFileSync(join(folder, 'tmp/left'), '');
    makeContainerRoot(folder, content());
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(readFileSync(join(folder, 'etc/ssl/certs/all.crt'), 'utf8')).toBe('text');
  });

  it('mounts outer folders before what lies in them, onto mount points that exist', () => {
    const targets = makeContainerRoot(folder, content()).map(({ target }) => target);
    expect(targets.indexOf('/var/lib/juju')).toBeLessThan(
      targets.indexOf('/var/lib/juju/agents/unit-a-0/charm'),
    );
    expect(existsSync(join(outside, 'juju/agents/unit-a-0/charm'))).toBe(true);
    expect(existsSync(join(folder, 'var/lib/juju/agents'))).toBe(false);
    expect(readFileSync(join(folder, 'opt/program'), 'utf8')).toBe('');
  });

  it.each([
    ['/tmp/x', () => join(folder, 'tmp/x')],
    ['/var/lib/juju/tools', () => join(outside, 'juju/tools')],
    ['/var/lib/jujube', () => join(folder, 'var/lib/jujube')],
    ['/var/lib/juju/agents/unit-a-0/charm', () => join(outside, 'charm')],
    ['/var/lib/juju/agents/unit-a-0/charm/src/x', () => join(outside, 'charm/src/x')],
  ])('%s is found through the innermost mount', (path, expected) => {
    expect(pathInContainer(folder, content(), path)).toBe(expected());
  });

  it('a copied charm replaces the one before it and keeps its executables', async () => {
    const dispatch = join(outside, 'charm/dispatch');
    writeFileSync(dispatch, '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(folder, 'old'), '');
    await copyCharm(join(outside, 'charm'), folder);
    expect(readdirSync(folder)).toEqual(['dispatch']);
  });
});
