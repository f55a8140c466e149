import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forwardSocket, parseTarget, serveForwards } from '../../../../src/simulator/launch/forward.ts';
import { launchSimulator } from '../../../../src/simulator/launch/launch.ts';
import { runTool, ToolError } from '../../../../src/simulator/launch/tool.ts';

describe('forwarding', () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'forward-'));
  });
  afterEach(() => {
    rmSync(stateDir, { recursive: true });
  });

  it.each([
    ['app 80', { host: 'app', port: 80 }],
    ['app 65536', undefined],
    ['app', undefined],
    ['a b 80', undefined],
  ])('the line "%s" is read', (line, target) => {
    expect(parseTarget(line)).toEqual(target);
  });

  it('bytes that follow the line, in any portions, go to the named target and back', async () => {
    const echo = createServer({ allowHalfOpen: true }, (client) => client.pipe(client)).listen(
      0,
      '127.0.0.1',
    );
    await once(echo, 'listening');
    const address = echo.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const server = await serveForwards(stateDir, (name) => (name === 'echo' ? '127.0.0.1' : undefined));
    const client = connect({ path: forwardSocket(stateDir), allowHalfOpen: true });
    for (const part of ['ec', `ho ${port}\nfirst `, 'second']) {
      client.write(part);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    client.end();
    expect(await text(client)).toBe('first second');
    const lost = connect({ path: forwardSocket(stateDir) });
    lost.write(`nobody ${port}\n`);
    expect(await text(lost)).toBe('');
    server.close();
    echo.close();
  });

  it('a state folder whose path is too long for sockets is refused', async () => {
    const long = join(stateDir, 'x'.repeat(100));
    const launched = launchSimulator({ stateDir: long, entry: '', args: [], forwards: [] });
    await expect(launched).rejects.toThrow('too long for unix sockets');
  });
});

describe('programs of the host', () => {
  it('give their output, and take their input', async () => {
    expect(await runTool('copy', ['cat'], 'text')).toBe('text');
  });

  it('that fail say what they were for and why', async () => {
    const failed = runTool('look', ['sh', '-c', 'echo no such thing >&2; exit 3']);
    await expect(failed).rejects.toThrow(ToolError);
    await expect(failed).rejects.toThrow('cannot look: sh -c echo no such thing >&2; exit 3: no such thing');
  });
});
