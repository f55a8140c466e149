import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connect,
  SimulatorError,
  SimulatorUnreachableError,
  type ControlLine,
} from '../../../../src/simulator/client.ts';
import { controlSocket } from '../../../../src/simulator/launch/launch.ts';

let folder: string;
let server: Server | undefined;
const requests: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'juju-sim-client-'));
  requests.length = 0;
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** A daemon that answers every request with these lines, and then hangs up if told so. */
async function daemon(answers: readonly unknown[], hangUp = false): Promise<void> {
  const listening = createServer((socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => {
      requests.push(JSON.parse(line));
      for (const answer of answers) socket.write(`${JSON.stringify(answer)}\n`);
      if (hangUp) socket.end();
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(controlSocket(folder), resolve));
}

describe('the client of the simulator', () => {
  it('sends one JSON line and returns the result', async () => {
    await daemon([{ kind: 'result', value: { a: 1 } }]);
    expect(await connect(folder).request({ command: 'deploy', charm: 'x', units: 2 })).toEqual({ a: 1 });
    expect(requests).toEqual([{ command: 'deploy', charm: 'x', units: 2 }]);
  });

  it('sends texts whole that hold line breaks of any kind', async () => {
    await daemon([{ kind: 'result', value: null }]);
    const call = { command: 'config', application: 'a', set: { k: 'a\nb\r\nc\u2028d\u2029e' } } as const;
    await connect(folder).request(call);
    expect(requests).toEqual([call]);
  });

  it('hands on output and log lines in order, text beyond ASCII and newlines included', async () => {
    const lines: ControlLine[] = [
      { kind: 'output', stream: 'stderr', text: 'zwölf\n\u2028' },
      { kind: 'log', line: 'unit-a-0: started' },
    ];
    await daemon([...lines, { kind: 'result', value: 0 }]);
    const seen: ControlLine[] = [];
    await connect(folder).request({ command: 'exec', unit: 'a/0', argv: ['ls'] }, (line) => seen.push(line));
    expect(seen).toEqual(lines);
  });

  it('throws the refusal in the words of the daemon', async () => {
    await daemon([{ kind: 'error', message: 'application "x" not found' }]);
    const request = connect(folder).request({ command: 'config', application: 'x' });
    await expect(request).rejects.toThrow(new SimulatorError('config', 'application "x" not found'));
  });

  it('says how to start a simulator that is not running', async () => {
    const request = connect(folder).request({ command: 'status' });
    await expect(request).rejects.toThrow(SimulatorUnreachableError);
    await expect(request).rejects.toThrow('it is not running (juju-sim bootstrap starts it)');
  });

  it('says during what the daemon went away', async () => {
    await daemon([{ kind: 'log', line: 'x' }], true);
    await expect(connect(folder).request({ command: 'wait-idle' })).rejects.toThrow(
      'it went away during wait-idle',
    );
  });

  it('ends a followed log without an error when told to stop', async () => {
    await daemon([{ kind: 'log', line: 'first' }]);
    const stop = new AbortController();
    const following = connect(folder).request(
      { command: 'debug-log', follow: true },
      () => {
        stop.abort();
      },
      stop.signal,
    );
    expect(await following).toBeUndefined();
  });
});
