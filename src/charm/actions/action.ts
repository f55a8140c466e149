import { en } from 'zod/locales';
import * as z from 'zod/mini';
import type { Ports } from '../ports.ts';

// zod/mini has no words of its own for what is wrong.
z.config(en());

/** What an action answers: results, or why it could not and what to do next. */
export type ActionResult =
  | { readonly ok: true; readonly results: Readonly<Record<string, string | number>> }
  | { readonly ok: false; readonly reason: string };

/** One action of actions.yaml. */
export interface Action {
  /** The parameters, as Juju gives them. */
  readonly params: z.ZodMiniType;
  run(params: unknown, ports: Ports): Promise<ActionResult>;
}

/** Joins an action's parameters with what it does, so that `run` gets them parsed. */
export function defineAction<Params>(
  params: z.ZodMiniType<Params>,
  act: (params: Params, ports: Ports) => Promise<ActionResult>,
): Action {
  return {
    params,
    run: async (given, ports) => {
      const parsed = params.safeParse(given);
      if (parsed.success) return act(parsed.data, ports);
      return { ok: false, reason: `These parameters cannot be used: ${z.prettifyError(parsed.error)}` };
    },
  };
}
