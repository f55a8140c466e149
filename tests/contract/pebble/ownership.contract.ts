import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createPebbleClient, type FileToWrite, type PebbleClient } from '../../../src/pebble/index.ts';
import { aSnapshot } from '../../support/builders.ts';
import { effectsOf, ofKind } from '../../support/effects.ts';
import { type PebbleProcess, startPebble } from '../../support/pebble-process.ts';
import { root } from '../../support/simulation.ts';

const user = z.object({ uid: z.int(), gid: z.int() });
const metadata = z.object({ containers: z.object({ mimir: user }) });
const { mimir } = metadata.parse(load(readFileSync(join(root, 'metadata.yaml'), 'utf8'))).containers;
/** Juju runs Pebble, and with it Mimir, as the container's user; only root can do the same here. */
const uid = process.getuid?.() === 0 ? mimir.uid : undefined;

const effects = effectsOf(aSnapshot(), { kind: 'pebble-ready', container: 'mimir' });
const files = ofKind(effects, 'push-files').flatMap((effect) => effect.files);

describe('what the charm pushes, by a Pebble that runs as the user of the container', () => {
  let pebble: PebbleProcess;
  let client: PebbleClient;
  let moved: readonly FileToWrite[];

  beforeAll(async () => {
    pebble = await startPebble(undefined, uid);
    client = createPebbleClient(pebble.socketPath);
    moved = files.map((file) => ({ ...file, path: join(pebble.dir, file.path) }));
    await client.writeFiles(moved);
  });

  afterAll(async () => {
    client.close();
    await pebble.stop();
  });

  test('names no owner: Pebble cannot give files away, and its user is that of Mimir’s image', () => {
    expect(mimir).toEqual({ uid: 10001, gid: 10001 });
    expect(files.length).toBeGreaterThan(2);
    for (const { path, user: owner, group } of files)
      expect({ path, owner, group }).toEqual({ path, owner: undefined, group: undefined });
    const services = ofKind(effects, 'add-layer').flatMap(({ layer }) => Object.values(layer.services ?? {}));
    expect(services).toHaveLength(1);
    expect(Object.keys(services[0] ?? {}).filter((key) => /user|group/.test(key))).toEqual([]);
  });

  test('belongs to that user, with its folders, and has the mode that was asked for', () => {
    const owner = uid ?? process.getuid?.();
    for (const { path, permissions = '644' } of moved) {
      const { mode, ...stat } = statSync(path);
      expect({ path, uid: stat.uid, mode: (mode & 0o777).toString(8) }).toEqual({
        ...{ path, uid: owner, mode: permissions },
      });
      const folder = statSync(dirname(path));
      expect({ path, uid: folder.uid, mode: folder.mode & 0o700 }).toEqual({ path, uid: owner, mode: 0o700 });
    }
  });

  test('can be read by what Pebble runs, and secrets by no one else', async () => {
    for (const { path, content } of moved) {
      const { stdout } = await client.exec({ command: ['cat', path], timeoutMs: 5_000 });
      expect(stdout).toBe(content.toString());
    }
    const config = moved.filter(({ path }) => path.endsWith('/mimir.yaml'));
    expect(config.map(({ permissions }) => permissions)).toEqual(config.map(() => '600'));
    expect(config.length).toBeGreaterThan(0);
  });
});
