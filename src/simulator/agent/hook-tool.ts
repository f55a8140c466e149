/**
 * The executable behind every hook tool on PATH (Juju: jujud's symlinks in the tools folder). It asks the agent's
 * socket and ends as the tool did.
 *
 * usage: node hook-tool.ts TOOL [ARGUMENT…]
 */
import { readFileSync } from 'node:fs';
import { dialAgent } from '../../juju/transport/agent-connection.ts';
import type { AgentConnection } from '../../juju/transport/agent-connection.ts';
import type { RpcAnswer } from '../../juju/transport/rpc.ts';

const stdinNeeded = 'hook tool requires stdin, none supplied';

async function main(): Promise<number> {
  const [commandName = '', ...args] = process.argv.slice(2);
  const contextId = process.env['JUJU_CONTEXT_ID'] ?? '';
  const address = process.env['JUJU_AGENT_SOCKET_ADDRESS'] ?? '';
  if (contextId === '') return fail('JUJU_CONTEXT_ID not set');
  const network = process.env['JUJU_AGENT_SOCKET_NETWORK'] ?? '';
  if (address === '') return fail('JUJU_AGENT_SOCKET_ADDRESS not set');
  if (network === '') return fail('JUJU_AGENT_SOCKET_NETWORK not set');
  const connection = await dialAgent(address);
  const call = { contextId, dir: process.cwd(), commandName, args };
  try {
    return report(await askWithStdin(connection, call));
  } finally {
    await connection.close();
  }
}

type Call = Omit<Parameters<AgentConnection['ask']>[0], 'stdin'>;

/** Sends stdin only when the agent says that the tool reads it. */
async function askWithStdin(connection: AgentConnection, call: Call): Promise<RpcAnswer> {
  const first = await connection.ask({ ...call, stdin: undefined });
  if (!('error' in first) || first.error !== stdinNeeded) return first;
  return connection.ask({ ...call, stdin: readFileSync(0) });
}

function report(answer: RpcAnswer): number {
  if ('error' in answer) return fail(answer.error);
  const { code, stdout, stderr } = answer.response;
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}

function fail(message: string): number {
  process.stderr.write(`ERROR ${message}\n`);
  return 1;
}

process.exitCode = await main().catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
);
