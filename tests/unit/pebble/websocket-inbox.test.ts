import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { createInbox } from '../../../src/pebble/websocket-inbox.ts';

describe('an inbox', () => {
  it('gives what came before and after the reading began, in its order, and ends', async () => {
    const inbox = createInbox();
    inbox.put('');
    inbox.put('b');
    const reading = (async () => {
      const items = [];
      for await (const item of inbox.messages()) items.push(item);
      return items;
    })();
    await sleep(1);
    inbox.put('c');
    await sleep(1);
    inbox.put('d');
    inbox.end();
    inbox.put('too late');
    expect(await reading).toEqual(['', 'b', 'c', 'd']);
  });

  it('gives its first error, after the items', async () => {
    const inbox = createInbox();
    inbox.put('a');
    inbox.end(new Error('first'));
    inbox.end(new Error('second'));
    const items = inbox.messages();
    expect(await items.next()).toEqual({ done: false, value: 'a' });
    await expect(items.next()).rejects.toThrow('first');
  });
});
