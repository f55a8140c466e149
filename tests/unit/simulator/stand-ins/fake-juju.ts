import { z } from 'zod';
import { createHookTools, parseEvent, readEnvironment } from '../../../../src/juju/index.ts';
import type { ToolCall } from '../../../../src/juju/index.ts';
import type { Hook } from '../../../../src/simulator/stand-ins/run-dispatch.ts';

/** One relation as a unit sees it: the bags by the unit or application that owns them. */
export interface FakeRelation {
  readonly endpoint: string;
  readonly app: string;
  units: readonly string[];
  readonly bags: Record<string, Record<string, string>>;
}

/** What the hook tools tell; what they are told is kept here as well. */
export interface FakeState {
  leader: boolean;
  config: Record<string, unknown>;
  readonly relations: Record<number, FakeRelation>;
}

const written = z.record(z.string(), z.string());
/** The unit that dispatches. */
export const unit = 'standin/2';
/** Its model's. */
export const modelUuid = '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c';

/** Juju as unit `standin/2` of the model `cos` meets it, over a transport that remembers what is written. */
export function fakeJuju(state: FakeState, parameters: object = {}) {
  const calls: ToolCall[] = [];
  const results: Record<string, string> = {};
  let failure: string | undefined;
  const tools = createHookTools({
    name: 'spawn',
    call: (call) => {
      calls.push(call);
      if (call.tool === 'action-set')
        for (const each of call.args)
          results[each.slice(0, each.indexOf('='))] = each.slice(each.indexOf('=') + 1);
      if (call.tool === 'action-fail') failure = call.args.join(' ');
      const answer = call.tool === 'action-get' ? parameters : answerOf(state, call);
      const stdout = Buffer.from(answer === undefined ? '' : JSON.stringify(answer));
      return Promise.resolve({ code: 0, stdout, stderr: Buffer.alloc(0) });
    },
    close: () => Promise.resolve(),
  });
  const status = () => calls.findLast(({ tool }) => tool === 'status-set')?.args;
  return { tools, calls, results, status, failure: () => failure };
}

/** The environment and the event of a hook; `about` is a relation's id and remote unit. */
export function dispatched(hook: string, about?: { readonly relation: number; readonly unit?: string }) {
  const environment = readEnvironment(
    {
      JUJU_UNIT_NAME: unit,
      JUJU_MODEL_NAME: 'cos',
      JUJU_MODEL_UUID: modelUuid,
      JUJU_CHARM_DIR: '/charm',
      JUJU_CONTEXT_ID: 'standin/2-x',
      JUJU_DISPATCH_PATH: `hooks/${hook}`,
      JUJU_HOOK_NAME: hook,
      ...(about && { JUJU_RELATION_ID: `x:${about.relation}`, JUJU_REMOTE_UNIT: about.unit }),
    },
    '/charm',
  );
  const event = parseEvent(environment);
  if (event.kind === 'action' || event.kind === 'stop' || event.kind === 'remove')
    throw new Error(`cannot dispatch ${event.kind}: a stand-in does not act on it`);
  return { environment, event: event satisfies Hook };
}

function answerOf(state: FakeState, call: ToolCall): unknown {
  const { config, leader, relations } = state;
  if (call.tool === 'config-get') return config;
  if (call.tool === 'is-leader') return leader;
  if (call.tool === 'relation-ids') return idsOf(state, call.args.at(-1));
  const relation = relations[Number(call.args[call.args.indexOf('-r') + 1])];
  return relation && answerOfRelation(relation, call);
}

function idsOf({ relations }: FakeState, endpoint: string | undefined): string[] {
  return Object.entries(relations)
    .filter(([, relation]) => relation.endpoint === endpoint)
    .map(([id]) => `x:${id}`);
}

function answerOfRelation(
  { app, units, bags }: FakeRelation,
  { tool, args, stdin = '{}' }: ToolCall,
): unknown {
  if (tool === 'relation-list') return args.includes('--app') ? app : units;
  if (tool === 'relation-get') return bags[args.at(-1) ?? ''];
  if (tool !== 'relation-set') return undefined;
  const owner = args.includes('--app') ? (unit.split('/')[0] ?? '') : unit;
  const all = { ...bags[owner], ...written.parse(JSON.parse(stdin)) };
  bags[owner] = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  return undefined;
}
