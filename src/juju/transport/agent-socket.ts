import { TransportError } from '../errors.ts';
import { dialAgent, type AgentConnection } from './agent-connection.ts';
import { createQueue } from './queue.ts';
import type { RpcAnswer } from './rpc.ts';
import type { HookToolTransport, ToolCall, ToolOutput } from './transport.ts';

/** Which socket to dial, and for which dispatch. */
export interface AgentSocketOptions {
  /** A path, or an abstract name that begins with `@`. */
  readonly address: string;
  readonly contextId: string;
  /** Absolute folder that `--file` arguments are relative to (Juju: jujuc/server.go). */
  readonly cwd: string;
  /** Longest time in ms from an answer's first byte to its last; half a minute if it is left out. */
  readonly answerWithinMs?: number;
}

/**
 * Tools that change nothing, so that the order among neighbours does not matter: they are asked for together. The agent
 * takes requests as they come and still runs one tool at a time (Juju: jujuc/server.go). Not secret-get, which may have
 * a newer revision followed from then on.
 */
const readers: ReadonlySet<string> = new Set([
  'config-get',
  'goal-state',
  'is-leader',
  'opened-ports',
  'relation-get',
  'relation-ids',
  'relation-list',
  'relation-model-get',
  'status-get',
]);

/**
 * A transport over the unit agent's socket, dialled at the first call and open until `close`. It must be closed: the
 * agent waits for that before it runs the next hook (Juju: jujuc/server.go).
 */
export function connectAgentSocket(options: AgentSocketOptions): HookToolTransport {
  const enqueue = createQueue();
  let dialled: Promise<AgentConnection> | undefined;
  let closed = false;
  const connection = async (tool: string) => {
    if (closed) throw unsent(tool, new Error('the connection to the unit agent was closed'));
    dialled ??= dialAgent(options.address, options.answerWithinMs);
    const opened = await dialled.catch((cause: unknown) => {
      throw unsent(tool, cause);
    });
    if (opened.failure !== undefined) throw unsent(tool, opened.failure);
    return opened;
  };
  return {
    name: 'agent-socket',
    call: (call) =>
      enqueue(
        async () => {
          const opened = await connection(call.tool);
          return toOutput(await opened.ask(toRequest(options, call)).catch(unanswered(call.tool)));
        },
        { shared: readers.has(call.tool) },
      ),
    close: async () => {
      closed = true;
      const opened = await dialled?.catch(() => undefined);
      await opened?.close();
    },
  };
}

function toRequest({ contextId, cwd }: AgentSocketOptions, { tool, args, stdin }: ToolCall) {
  // Sent at once, since asking without it first would cost a round trip (Juju: jujuc/server.go).
  const input = stdin === undefined ? undefined : Buffer.from(stdin);
  return { contextId, dir: cwd, commandName: tool, args, stdin: input };
}

/** The agent's own refusal reads as what Juju's tools make of it: stderr, and exit code 1 (Juju: cmd/jujud). */
function toOutput(answer: RpcAnswer): ToolOutput {
  if ('response' in answer) return answer.response;
  return { code: 1, stdout: Buffer.alloc(0), stderr: Buffer.from(`ERROR ${answer.error}\n`) };
}

function unsent(tool: string, cause: unknown): TransportError {
  return new TransportError({
    message: `cannot ask the unit agent to run ${tool}: ${reason(cause)}`,
    mayHaveRun: false,
    cause,
  });
}

function unanswered(tool: string): (cause: unknown) => never {
  return (cause) => {
    throw new TransportError({
      message: `cannot have the unit agent's answer to ${tool}: ${reason(cause)}`,
      mayHaveRun: true,
      cause,
    });
  };
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
