import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Check } from '../../../src/pebble/index.ts';
import { eventually, pebbleSuite } from './pebble-suite.ts';

const suite = pebbleSuite();

/** A check that succeeds while a file is there. */
function fileCheck(name: string, level: 'alive' | 'ready'): Check {
  const command = `test -e ${join(suite().pebble.dir, name)}`;
  return { override: 'replace', level, period: '100ms', timeout: '90ms', threshold: 2, exec: { command } };
}

const touch = (name: string) => {
  writeFileSync(join(suite().pebble.dir, name), '');
};
const remove = (name: string) => {
  rmSync(join(suite().pebble.dir, name));
};
const find = async (name: string) => (await suite().client.checks()).find((check) => check.name === name);

describe('checks', () => {
  it('are healthy when there are none', async () => {
    expect(await suite().client.checks()).toEqual([]);
    expect(await suite().client.health()).toBe(true);
  });

  it('start with their layer, go down after the threshold, and up at the first success', async () => {
    const { client } = suite();
    touch('ready');
    await client.addLayer('checks', { checks: { ready: fileCheck('ready', 'ready') } }, { combine: true });
    await eventually('it succeeded', async () => ((await find('ready'))?.successes ?? 0) > 0);
    expect(await find('ready')).toMatchObject({ level: 'ready', status: 'up', failures: 0, threshold: 2 });
    remove('ready');
    await eventually('it is down', async () => (await find('ready'))?.status === 'down');
    expect((await find('ready'))?.failures).toBeGreaterThanOrEqual(2);
    expect(await client.health('ready')).toBe(false);
    expect(await client.health()).toBe(false);
    expect(await client.health('alive')).toBe(true);
    touch('ready');
    await eventually('it is up', () => client.health('ready'));
  });

  it('of level alive count for ready too', async () => {
    const { client } = suite();
    await client.addLayer('checks', { checks: { alive: fileCheck('alive', 'alive') } }, { combine: true });
    await eventually('it is down', async () => !(await client.health('alive')));
    expect(await client.health('ready')).toBe(false);
  });

  it('tell in the log of a change why they went down', async () => {
    const { client } = suite();
    const { changeId = '', prevChangeId = '' } = (await find('alive')) ?? {};
    const change = await client.change(prevChangeId);
    expect(change).toMatchObject({ kind: 'perform-check', status: 'Error' });
    expect(change.tasks[0]?.log.join('\n')).toContain('exit status 1');
    expect(await client.change(changeId)).toMatchObject({ kind: 'recover-check', ready: false });
  });

  it('that do not start by themselves are inactive, and harm nobody', async () => {
    const { client } = suite();
    touch('alive');
    const checks = { idle: { ...fileCheck('idle', 'ready'), startup: 'disabled' } } as const;
    await client.addLayer('checks', { checks }, { combine: true });
    expect((await find('idle'))?.status).toBe('inactive');
    await eventually('the others are up', () => client.health());
  });
});
