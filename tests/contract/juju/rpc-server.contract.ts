import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRpcServerCodec, type RpcAnswer, type RpcRequest } from '../../../src/juju/transport/rpc.ts';
import { openWorkshop, type Workshop } from './jujuc.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.remove());

/** Lets Go's own client send `requests` to our side of the protocol, and returns what either side read. */
async function callFromGo(
  requests: readonly object[],
  answer: (request: RpcRequest) => RpcAnswer,
): Promise<{ received: readonly RpcRequest[]; answers: readonly unknown[] }> {
  const received: RpcRequest[] = [];
  const address = workshop.file('our.socket');
  const server = createServer((socket) => {
    const codec = createRpcServerCodec();
    socket.on('data', (chunk) => {
      for (const request of codec.feed(chunk)) {
        received.push(request);
        socket.write(codec.encodeAnswer(answer(request)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));
  const client = spawn(workshop.binary, ['call', address], { stdio: ['pipe', 'pipe', 'inherit'] });
  client.stdin.end(requests.map((request) => JSON.stringify(request)).join('\n'));
  const [output] = await Promise.all([text(client.stdout), once(client, 'exit')]);
  await new Promise((resolve) => server.close(resolve));
  const lines = output.split('\n').filter((line) => line !== '');
  return { received, answers: lines.map((line): unknown => JSON.parse(line)) };
}

const request = { ContextId: 'u/0-c-1', Dir: '/c', CommandName: 'is-leader', Args: ['--format=json'] };

test("Go's own client and our side of the unit agent understand each other", async () => {
  const rules = 'x'.repeat(1_000_000);
  const { received, answers } = await callFromGo(
    [
      request,
      {
        ...request,
        CommandName: 'relation-set',
        Args: null,
        StdinSet: true,
        Stdin: 'YTogYgo=',
        Token: 'secret',
      },
      { ...request, CommandName: 'no-such-tool' },
      { ...request, CommandName: 'state-get', Args: ['', 'ä'] },
      { ...request, CommandName: 'is-leader' },
    ],
    ({ seq, request: { commandName } }) => {
      if (commandName === 'no-such-tool') return { seq, error: 'bad request: unknown command: no-such-tool' };
      const stdout = Buffer.from(commandName === 'state-get' ? rules : '');
      const code = commandName === 'relation-set' ? 2 : 0;
      return { seq, response: { code, stdout, stderr: Buffer.from(code === 2 ? 'ERROR x\n' : '') } };
    },
  );
  expect(received.map(({ seq, method }) => [seq, method])).toStrictEqual(
    [0, 1, 2, 3, 4].map((seq) => [seq, 'Jujuc.Main']),
  );
  expect(received[0]?.request).toStrictEqual({
    contextId: 'u/0-c-1',
    dir: '/c',
    commandName: 'is-leader',
    args: ['--format=json'],
    stdin: undefined,
  });
  expect(received[1]?.request).toMatchObject({ args: [], stdin: Buffer.from('a: b\n') });
  expect(received[3]?.request.args).toStrictEqual(['', 'ä']);
  const quiet = { code: 0, stdout: '', stderr: '', error: '' };
  expect(answers).toStrictEqual([
    quiet,
    { ...quiet, code: 2, stderr: 'ERROR x\n' },
    { ...quiet, error: 'bad request: unknown command: no-such-tool' },
    { ...quiet, stdout: rules },
    quiet,
  ]);
});
