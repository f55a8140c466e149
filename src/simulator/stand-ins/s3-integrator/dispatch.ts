// The stand-in charm `s3-integrator`: what its `dispatch` runs, once for every hook and action.
import { runDispatch, type DispatchPorts } from '../run-dispatch.ts';
import { runAction } from './actions.ts';
import { connectToStore } from './objects.ts';
import type { StorePorts } from './ports.ts';
import { reconcile } from './reconcile.ts';

const ports = ({ environment, tools, pebble }: DispatchPorts): StorePorts => ({
  environment,
  tools,
  pebble: pebble('minio'),
  connect: connectToStore,
});

await runDispatch({
  hook: (event, given) => reconcile(event, ports(given)),
  action: (name, given) => runAction(name, ports(given)),
});
