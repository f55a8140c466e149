import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { HookTools } from '../../../juju/index.ts';
import { connectionReason } from '../connection-reason.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { memcachedPort } from './reconcile.ts';

/** What an action needs of the world. */
export interface ActionPorts {
  readonly tools: HookTools;
  /** Where memcached listens on the loopback; its own port if absent. */
  readonly port?: number;
}

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: ActionPorts): Promise<void> {
  await runActionOf({ stats }, name, ports);
}

async function stats({ tools, port = memcachedPort }: ActionPorts): Promise<void> {
  const lines = (await ask(port)).split('\r\n');
  const shown = lines.flatMap((line) => {
    const [, name, value] = /^STAT (\w+) (.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.replaceAll('_', '-'), value] as const];
  });
  await tools.actionSet(Object.fromEntries(shown));
}

/** Asks memcached by its text protocol. */
async function ask(port: number): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    socket.setEncoding('utf8').write('stats\r\n');
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.endsWith('END\r\n')) break;
    }
    return answer;
  } catch (cause) {
    const why = `memcached does not answer (${connectionReason(cause)}); see the unit's status`;
    throw new ActionFailure(`cannot show stats: ${why}`, { cause });
  } finally {
    socket.destroy();
  }
}
