// The stand-in charm `loki`: what its `dispatch` runs, once for every hook and action.
import { runDispatch } from '../run-dispatch.ts';
import { runAction } from './actions.ts';
import { reconcile } from './reconcile.ts';

await runDispatch({
  hook: (event, { environment, tools, pebble }) =>
    reconcile(event, { environment, tools, pebble: pebble('loki') }),
  action: (name, { tools }) => runAction(name, { tools }),
});
