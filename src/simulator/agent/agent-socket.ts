import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createRpcServerCodec } from '../../juju/transport/rpc.ts';
import type { RpcAnswer, RpcRequest } from '../../juju/transport/rpc.ts';
import { isTool } from './tools/run-tool.ts';
import { StdinNeeded } from './tools/tool.ts';
import type { ToolAnswer, ToolCall } from './tools/tool.ts';

/** What a socket serves: the tools of one run of one operation. */
export interface AgentSocketOptions {
  /** Path as the simulator's own process sees it. */
  readonly path: string;
  readonly contextId: string;
  /** Runs a tool; never called while another of its calls is under way. */
  readonly run: (call: ToolCall) => Promise<ToolAnswer>;
}

/** A listening agent socket. */
export interface AgentSocket {
  /** Stops listening and waits until every client has closed its connection (Juju: jujuc/server.go). */
  close(): Promise<void>;
}

/** Serves hook tools over Go's net/rpc as the unit agent does. */
export async function serveAgentSocket(options: AgentSocketOptions): Promise<AgentSocket> {
  await rm(options.path, { force: true });
  let last: Promise<unknown> = Promise.resolve();
  const answerInTurn = (request: RpcRequest): Promise<RpcAnswer> => {
    const answer = last.then(() => answerRequest(request, options));
    last = answer;
    return answer;
  };
  const server = createServer((socket) => {
    serveConnection(socket, answerInTurn);
  });
  server.listen(options.path);
  await once(server, 'listening');
  return { close: () => close(server) };
}

function serveConnection(socket: Socket, answer: (request: RpcRequest) => Promise<RpcAnswer>): void {
  const codec = createRpcServerCodec();
  // A client that was killed resets its connection; its context ends with the dispatch.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const request of codec.feed(chunk)) {
        void answer(request).then((ready) => {
          if (socket.writable) socket.write(codec.encodeAnswer(ready));
        });
      }
    } catch {
      // Go's server closes a connection whose bytes are not gob.
      socket.destroy();
    }
  });
}

async function answerRequest(call: RpcRequest, options: AgentSocketOptions): Promise<RpcAnswer> {
  const { seq, request } = call;
  const refusal = refusalOf(call, options.contextId);
  if (refusal !== undefined) return { seq, error: refusal };
  const { commandName: name, args, dir: directory, stdin } = request;
  try {
    const { code, stdout, stderr } = await options.run({ name, args, directory, stdin });
    return { seq, response: { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) } };
  } catch (error) {
    if (error instanceof StdinNeeded) return { seq, error: error.message };
    return { seq, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Juju: jujuc/server.go, Main. */
function refusalOf({ method, request }: RpcRequest, contextId: string): string | undefined {
  if (method !== 'Jujuc.Main') return `rpc: can't find method ${method}`;
  if (request.commandName === '') return 'bad request: command not specified';
  if (!request.dir.startsWith('/')) return 'bad request: Dir is not absolute';
  if (request.contextId !== contextId) {
    return `bad request: expected context id "${contextId}", got "${request.contextId}"`;
  }
  return isTool(request.commandName) ? undefined : `bad request: unknown command: ${request.commandName}`;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}
