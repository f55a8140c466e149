import { describe, expect, it } from 'vitest';

import { withQuery } from '../../../src/pebble/api.ts';
import { changeCalls } from '../../../src/pebble/changes.ts';
import { checkCalls } from '../../../src/pebble/checks.ts';
import { fileCalls } from '../../../src/pebble/files.ts';
import {
  PebbleApiError,
  PebbleChangeError,
  PebbleError,
  PebbleTimeoutError,
} from '../../../src/pebble/index.ts';
import { logCalls } from '../../../src/pebble/logs.ts';
import { serviceCalls } from '../../../src/pebble/services.ts';
import { systemCalls } from '../../../src/pebble/system.ts';
import { cannedTransport, failure, sync } from './canned-transport.ts';

const task = {
  id: '1',
  kind: 'start',
  summary: 'Start',
  status: 'Error',
  log: ['INFO Most recent output:\n  oh no', 'ERROR exited quickly'],
  progress: { label: '', done: 1, total: 1 },
};
const change = { id: '7', kind: 'start', summary: 'Start', status: 'Doing', ready: false, tasks: [task] };
const waitTimeout = failure(504, { message: 'timed out waiting for change after 1s' });

describe('answers', () => {
  it('may hold more than we know of', async () => {
    const { transport } = cannedTransport(sync({ version: 'v9', 'boot-id': 'b', 'new-key': [1] }));
    expect(await systemCalls(transport).systemInfo()).toEqual({ version: 'v9', bootId: 'b' });
  });

  it('of older Pebbles may lack what newer ones tell', async () => {
    const checks = [{ name: 'ready', status: 'up', threshold: 3 }];
    expect(await checkCalls(cannedTransport(sync(checks)).transport).checks()).toEqual([
      { name: 'ready', status: 'up', threshold: 3, successes: 0, failures: 0 },
    ]);
  });

  it('that are errors keep the kind that Pebble names', async () => {
    const answer = failure(401, { kind: 'login-required', message: 'access denied' });
    const error: unknown = await systemCalls(cannedTransport(answer).transport).systemInfo().catch(String);
    expect(error).toBe("PebbleApiError: cannot read Pebble's version: access denied");
    await expect(systemCalls(cannedTransport(answer).transport).systemInfo()).rejects.toMatchObject({
      kind: 'login-required',
      statusCode: 401,
    });
  });

  it('that are errors without a message are shown as they are', async () => {
    const { transport } = cannedTransport(failure(500, { odd: 1 }));
    await expect(systemCalls(transport).systemInfo()).rejects.toThrow(
      'cannot read Pebble\'s version: {"odd":1}',
    );
  });

  it.each([
    ['text', { text: '404 page not found', status: 404 }, /was no JSON: 404 page not found/],
    ['no envelope', { json: [] }, /was not understood/],
    ['another result', sync({ version: 1 }), /version/],
  ])('that are %s are refused', async (_, answer, why) => {
    const call = systemCalls(cannedTransport(answer).transport).systemInfo();
    await expect(call).rejects.toMatchObject({ kind: 'unexpected-answer' });
    await expect(call).rejects.toThrow(why);
    await expect(call).rejects.toBeInstanceOf(PebbleError);
  });

  it('that should name a change but do not are refused', async () => {
    const { transport } = cannedTransport(sync(null));
    await expect(serviceCalls(transport).replan()).rejects.toThrow('Pebble named no change');
  });

  it('that should be logs or files but are not are refused', async () => {
    const json = cannedTransport(sync(true)).transport;
    await expect(logCalls(json).logs()).rejects.toThrow('cannot read logs: ');
    await expect(fileCalls(json).readFile('/a')).rejects.toThrow('it is no multipart body');
    const broken = { text: '{"time":', contentType: 'application/x-ndjson' };
    await expect(logCalls(cannedTransport(broken).transport).logs()).rejects.toThrow(
      'not a log line: {"time":',
    );
  });
});

describe('queries', () => {
  it('repeat a key for a list, leave out what is undefined, and escape the rest', () => {
    expect(withQuery('/x', { path: ['/a b', '/c&d'], n: undefined, é: '1' })).toBe(
      '/x?path=%2Fa+b&path=%2Fc%26d&%C3%A9=1',
    );
    expect(withQuery('/x', { n: undefined, list: [] })).toBe('/x');
  });
});

describe('waiting for a change', () => {
  it('asks again while Pebble says that the time is up, until the change is ready', async () => {
    const done = { ...change, status: 'Done', ready: true };
    const { transport, requests } = cannedTransport(waitTimeout, waitTimeout, sync(done));
    expect(await changeCalls(transport).waitChange('7', 60_000)).toMatchObject({ status: 'Done' });
    expect(requests.map(({ path }) => path)).toEqual([
      '/v1/changes/7/wait?timeout=10000ms',
      '/v1/changes/7/wait?timeout=10000ms',
      '/v1/changes/7/wait?timeout=10000ms',
    ]);
    expect(requests[0]?.timeoutMs).toBe(15_000);
  });

  it('gives up at the bound', async () => {
    const { transport } = cannedTransport(waitTimeout);
    const waiting = changeCalls(transport).waitChange('7', 5);
    await expect(waiting).rejects.toBeInstanceOf(PebbleTimeoutError);
    await expect(waiting).rejects.toThrow('cannot wait for change 7: change 7 is not ready after 5 ms');
  });

  it('throws the error of a failed change, with the lines of its tasks', async () => {
    const failed = { ...change, status: 'Error', ready: true, err: 'exited quickly with code 1' };
    const { transport } = cannedTransport(sync(failed));
    const error: unknown = await changeCalls(transport)
      .waitChange('7', 1_000)
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof PebbleChangeError)) throw error;
    expect(error.message).toBe(
      'cannot wait for change 7: exited quickly with code 1\nINFO Most recent output:\n  oh no\nERROR exited quickly',
    );
    expect(error.taskLog).toEqual(task.log);
    expect(error.change.id).toBe('7');
  });

  it('throws any other error as it is', async () => {
    const { transport } = cannedTransport(failure(500, { message: 'request cancelled' }));
    await expect(changeCalls(transport).waitChange('7', 1_000)).rejects.toBeInstanceOf(PebbleApiError);
  });
});
