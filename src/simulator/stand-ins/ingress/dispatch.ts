// The stand-in charm `ingress`: what its `dispatch` runs, once for every hook.
import { runActionOf, runDispatch } from '../run-dispatch.ts';
import { reconcile } from './reconcile.ts';

await runDispatch({
  hook: (event, { environment, tools, pebble }) =>
    reconcile(event, { environment, tools, pebble: pebble('proxy') }),
  action: (name, { tools }) => runActionOf({}, name, { tools }),
});
