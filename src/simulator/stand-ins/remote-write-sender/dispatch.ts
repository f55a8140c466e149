// The stand-in charm `remote-write-sender`: what its `dispatch` runs, once for every hook and action.
import { createHookTools, createTransport, parseEvent, readEnvironment } from '../../../juju/index.ts';
import { createPebbleClient } from '../../../pebble/index.ts';
import { runAction } from './actions.ts';
import { reconcile } from './reconcile.ts';

const pebbleSocket = '/charm/containers/sender/pebble.socket';

async function dispatch(): Promise<void> {
  const environment = readEnvironment(process.env, process.cwd());
  const event = parseEvent(environment);
  const onFallback = (reason: string) => {
    process.stderr.write(`${reason}; spawns the hook tools instead\n`);
  };
  const transport = createTransport({ environment, variables: process.env, onFallback });
  const pebble = createPebbleClient(pebbleSocket);
  try {
    const tools = createHookTools(transport);
    if (event.kind === 'action') await runAction(event.name, { tools });
    // A unit that stops leaves its workload to Pebble.
    else if (event.kind !== 'stop' && event.kind !== 'remove')
      await reconcile(event, { environment, tools, pebble });
  } finally {
    pebble.close();
    await transport.close();
  }
}

try {
  await dispatch();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
