import type { Environment, Variables } from '../environment.ts';
import { TransportError } from '../errors.ts';
import { connectAgentSocket } from './agent-socket.ts';
import { createSpawnTransport } from './spawn.ts';
import type { HookToolTransport, ToolCall, ToolOutput } from './transport.ts';

/** What a transport is chosen by. */
export interface TransportOptions {
  readonly environment: Environment;
  /** The process's environment: spawned hook tools get all of it, and nothing else. */
  readonly variables: Variables;
  /** Spawn from the first call on, whatever the environment offers. */
  readonly forced?: 'spawn' | undefined;
  /** Told once, if the agent socket cannot be used. */
  readonly onFallback: (reason: string) => void;
}

/**
 * The transport of a dispatch: the agent socket, or spawned tools if it cannot be dialled or its first answer cannot be
 * read. After one readable answer it stays with the socket. A call that may have been carried out is never sent again:
 * it fails, and only later calls are spawned.
 */
export function createTransport({
  environment,
  variables,
  forced,
  onFallback,
}: TransportOptions): HookToolTransport {
  const { agentSocket, contextId, cwd, path } = environment;
  const spawned = createSpawnTransport({ path, variables, cwd });
  if (forced === 'spawn') return spawned;
  if (agentSocket?.network !== 'unix') {
    const network = agentSocket?.network;
    onFallback(
      network === undefined
        ? 'cannot dial the unit agent: JUJU_AGENT_SOCKET_ADDRESS is not set'
        : `cannot dial the unit agent: its network is ${network}`,
    );
    return spawned;
  }
  const socket = connectAgentSocket({ address: agentSocket.address, contextId, cwd });
  return createFallback({ socket, spawned, onFallback });
}

interface Fallback {
  readonly socket: HookToolTransport;
  readonly spawned: HookToolTransport;
  readonly onFallback: (reason: string) => void;
}

function createFallback({ socket, spawned, onFallback }: Fallback): HookToolTransport {
  let current = socket;
  let answered = false;

  const fallBack = (reason: string) => {
    if (current === spawned) return;
    current = spawned;
    onFallback(reason);
  };
  const callSocket = async (call: ToolCall): Promise<ToolOutput> => {
    try {
      const output = await socket.call(call);
      answered = true;
      return output;
    } catch (error) {
      if (answered || !(error instanceof TransportError)) throw error;
      fallBack(error.message);
      if (error.mayHaveRun) throw error;
      return await spawned.call(call);
    }
  };
  return {
    get name() {
      return current.name;
    },
    call: (call) => (current === spawned ? spawned.call(call) : callSocket(call)),
    close: async () => {
      await Promise.all([socket.close(), spawned.close()]);
    },
  };
}
