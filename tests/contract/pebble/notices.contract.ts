import { describe, expect, it } from 'vitest';

import { PebbleApiError } from '../../../src/pebble/index.ts';
import { pebbleSuite, rejection } from './pebble-suite.ts';

const suite = pebbleSuite();

describe('notices', () => {
  it('count the occurrences of one key, and keep the last data', async () => {
    const { client } = suite();
    const key = 'example.com/counted';
    const id = await client.notify({ key, data: { attempt: '1' } });
    expect(await client.notify({ key, data: { attempt: '2', word: 'é' } })).toBe(id);
    const [notice, ...others] = await client.notices({ keys: [key] });
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ id, type: 'custom', key, occurrences: 2 });
    expect(notice?.lastData).toEqual({ attempt: '2', word: 'é' });
    expect(Date.parse(notice?.lastRepeated ?? '')).toBeGreaterThan(Date.parse(notice?.firstOccurred ?? ''));
  });

  it('do not repeat within the time given', async () => {
    const { client } = suite();
    const notice = { key: 'example.com/rare', repeatAfterMs: 60_000 };
    await client.notify(notice);
    await client.notify(notice);
    const [found] = await client.notices({ keys: [notice.key] });
    expect(found?.occurrences).toBe(2);
    expect(found?.lastRepeated).toBe(found?.firstOccurred);
  });

  it('are found by type and by time', async () => {
    const { client } = suite();
    await client.addLayer('n', {
      services: { n: { override: 'replace', command: 'sleep 100', startup: 'enabled' } },
    });
    const { id } = await client.replan();
    const changes = await client.notices({ types: ['change-update'] });
    expect(changes.map(({ key }) => key)).toContain(id);
    const after = changes.at(-1)?.lastRepeated ?? '';
    await client.notify({ key: 'example.com/late' });
    expect((await client.notices({ after })).map(({ key }) => key)).toEqual(['example.com/late']);
  });

  it('with a key of another form are refused', async () => {
    const error = await rejection(suite().client.notify({ key: 'late' }));
    expect(error).toBeInstanceOf(PebbleApiError);
    expect(String(error)).toContain('cannot notify late: invalid key "late"');
  });
});
