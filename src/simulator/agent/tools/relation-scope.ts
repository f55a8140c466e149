import {
  applicationName,
  applicationOf,
  bagOf,
  isPeer,
  relationOf,
  remoteApplication,
} from '../../model/access.ts';
import type { RelationHook } from '../../model/operation.ts';
import type { Relation } from '../../model/records.ts';
import { bagKey, contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import type { Flags } from './arguments.ts';
import { ToolFailure } from './tool.ts';

type Settings = Readonly<Record<string, string>>;

/** The relation that `-r` names, else the hook's. */
export function relationOfFlag(flags: Flags, context: HookContext): Relation {
  const flag = flags['relation'];
  const hook = relationHook(context);
  if (flag === undefined) {
    if (hook === undefined) throw new ToolFailure(2, 'no relation id specified');
    return relationOf(context.port.model(), hook.relation);
  }
  const digits = flag.slice(flag.lastIndexOf(':') + 1);
  if (!/^\d+$/.test(digits)) throw badRelation(flag, 'invalid relation id');
  const id = Number(digits);
  const relation = context.port.model().relations[id];
  if (relation === undefined || !context.relations.has(id)) {
    throw badRelation(flag, 'relation not found');
  }
  return relation;
}

/** The hook, if it is a relation's. */
export function relationHook({ operation }: HookContext): RelationHook | undefined {
  return operation.kind === 'relation' ? operation : undefined;
}

/** Remote units whose joined has begun, without the one that departs. */
export function members(relation: Relation, context: HookContext): readonly string[] {
  const known = Object.keys(contextUnit(context).agent.relations[relation.id]?.members ?? {});
  const hook = relationHook(context);
  if (hook?.relation !== relation.id || hook.remoteUnit === undefined) return known.sort();
  const { remoteUnit, phase } = hook;
  const others = known.filter((name) => name !== remoteUnit);
  return (phase === 'departed' ? others : [...others, remoteUnit]).sort();
}

/** Reads a bag with Juju's permissions, its staleness, and this hook's own writes. */
export function readBag(relation: Relation, owner: string, context: HookContext): Settings {
  checkReadable(relation, owner, context);
  const { memory } = context;
  const key = bagKey(relation.id, owner);
  const own = owner === context.unit || owner === applicationName(context.unit);
  const fresh = () => bagOf(relationOf(context.port.model(), relation.id), owner).values;
  if (own) return withPending(fresh(), context.pending.bags.get(key)?.values);
  // A member's bag is kept until its own joined or changed; all others are read anew in each hook.
  const stale = members(relation, context).includes(owner);
  return stale ? context.once(context.cache, key, fresh) : context.once(memory.bags, key, fresh);
}

/** Whether the unit leads its application; true is asked anew, false stays for the hook. */
export function isLeader(context: HookContext): boolean {
  const { leadership } = context.memory;
  if (leadership.get('leader') === false) return false;
  const leads = applicationOf(context.port.model(), applicationName(context.unit)).leader === context.unit;
  leadership.set('leader', leads);
  return leads;
}

function checkReadable(relation: Relation, owner: string, context: HookContext): void {
  const application = applicationName(context.unit);
  if (owner === context.unit || isKnownRemote(relation, owner, context)) return;
  if (owner === application && (isPeer(relation) || isLeader(context))) return;
  throw new ToolFailure(1, 'permission denied');
}

function isKnownRemote(relation: Relation, owner: string, context: HookContext): boolean {
  const remote = remoteApplication(relation, applicationName(context.unit));
  if (!owner.includes('/')) return owner === remote && !isPeer(relation);
  return applicationName(owner) === remote && relation.bags[owner] !== undefined;
}

function withPending(values: Settings, written: Settings | undefined): Settings {
  return Object.fromEntries(Object.entries({ ...values, ...written }).filter(([, value]) => value !== ''));
}

function badRelation(flag: string, why: string): ToolFailure {
  return new ToolFailure(2, `invalid value "${flag}" for option -r: ${why}`);
}
