// The stand-in charm `otlp-sender`: what its `dispatch` runs, once for every hook and action.
import { runDispatch } from '../run-dispatch.ts';
import { runAction } from './actions.ts';
import { reconcile } from './reconcile.ts';

await runDispatch({ hook: reconcile, action: runAction });
