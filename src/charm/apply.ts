import type { MimirClient } from '../mimir/api.ts';
import { parseRefusal, validateCommand } from '../mimir/command.ts';
import { MimirApiError } from '../mimir/errors.ts';
import { paths } from '../mimir/paths.ts';
import type { RuleChange } from '../mimir/rule-diff.ts';
import type { RuleGroup } from '../mimir/rule-group.ts';
import { describeEffect, type Effect } from './effect.ts';
import { isFailing, lastWords } from './observe-workload.ts';
import { serviceName } from './layer.ts';
import type { Ports } from './ports.ts';

/** How a pass ended. */
export type Outcome =
  /** Every effect was applied. */
  | 'done'
  /** Mimir was started, or it refused a configuration or rules: look again and plan anew. */
  | 'look-again'
  /** Mimir did not come up within the bound: look again, and do not wait any more. */
  | 'gave-up';

/** Namespaces of the ruler with a group that it refused, and its words. */
export type Refusals = Map<string, string>;

/** Longest wait for Mimir in one dispatch, in milliseconds; no hook sleeps longer. */
const patienceMs = 10_000;
const pollMs = 200;

/** Where effects that concern the ruler go, and where its refusals are noted. */
export interface RulerTarget {
  readonly ruler: MimirClient;
  readonly refusals: Refusals;
}

/** Applies effects in their order; stops where the world has to be looked at again before the rest makes sense. */
export async function apply(ports: Ports, effects: readonly Effect[], target: RulerTarget): Promise<Outcome> {
  const refusedBefore = target.refusals.size;
  for (const effect of effects) {
    if (target.refusals.size > refusedBefore && !isRuleChange(effect)) return 'look-again';
    const outcome = await applyEffect(ports, effect, target);
    if (effect.kind !== 'replan' && effect.kind !== 'await-mimir') ports.logger.info(describeEffect(effect));
    if (outcome !== 'done') return outcome;
  }
  return target.refusals.size > refusedBefore ? 'look-again' : 'done';
}

function isRuleChange(effect: Effect): effect is RuleChange {
  return ['put-rule-group', 'delete-rule-group', 'delete-namespace'].includes(effect.kind);
}

async function applyEffect(ports: Ports, effect: Effect, target: RulerTarget): Promise<Outcome> {
  if (effect.kind === 'validate-config') return validateConfig(ports, effect);
  if (effect.kind === 'replan') return replan(ports);
  if (effect.kind === 'await-mimir') return awaitMimir(ports, effect.hash);
  await performEffect(ports, effect, target);
  return 'done';
}

type PlainEffect = Exclude<Effect, { kind: 'validate-config' | 'replan' | 'await-mimir' }>;

async function performEffect(
  { pebble, hookTools }: Ports,
  effect: PlainEffect,
  target: RulerTarget,
): Promise<void> {
  switch (effect.kind) {
    case 'push-files':
      return pebble.writeFiles(effect.files);
    case 'remove-file':
      return pebble.removePath(effect.path, { recursive: true });
    case 'add-layer':
      return pebble.addLayer(effect.label, effect.layer, { combine: true });
    case 'stop-service':
      await pebble.stop([effect.service]);
      return;
    case 'put-rule-group':
      return putRuleGroup(effect, target);
    case 'delete-rule-group':
      return target.ruler.deleteRuleGroup(effect.namespace, effect.name);
    case 'delete-namespace':
      return target.ruler.deleteNamespace(effect.namespace);
    case 'relation-set':
      return hookTools.relationSet(effect.relationId, effect);
    case 'open-port':
      return hookTools.openPort(effect.port);
    case 'close-port':
      return hookTools.closePort(effect.port);
    case 'set-version':
      return hookTools.applicationVersionSet(effect.version);
    case 'set-status':
      return hookTools.statusSet(effect);
  }
}

/** A sender's rules that only the ruler finds fault with are that sender's fault, and no error of this hook. */
async function putRuleGroup(
  { namespace, group }: { namespace: string; group: RuleGroup },
  { ruler, refusals }: RulerTarget,
): Promise<void> {
  if (refusals.has(namespace)) return;
  try {
    await ruler.setRuleGroup(namespace, group);
  } catch (error) {
    if (!(error instanceof MimirApiError && error.status === 400)) throw error;
    refusals.set(namespace, `rule group "${group.name}": ${error.body ?? error.message}`);
  }
}

/** Asks Mimir's own binary; what it refuses never becomes its configuration file. */
async function validateConfig(
  { pebble, logger }: Ports,
  { content, hash }: { content: string; hash: string },
): Promise<Outcome> {
  await pebble.writeFile({ path: paths.candidateConfig, content, permissions: '600', makeDirs: true });
  const answer = await pebble.exec({ command: validateCommand(), timeoutMs: 15_000 });
  if (answer.exitCode === 0) return 'done';
  const reason = parseRefusal(`${answer.stderr}\n${answer.stdout}`).slice(0, 300);
  logger.warning(`Mimir refuses the new configuration: ${reason}`);
  await recordRejection({ pebble }, { hash, reason });
  return 'look-again';
}

function recordRejection(
  { pebble }: Pick<Ports, 'pebble'>,
  rejection: { hash: string; reason: string },
): Promise<void> {
  const content = JSON.stringify(rejection);
  return pebble.writeFile({ path: paths.lastGood.rejection, content, permissions: '600', makeDirs: true });
}

/** Pebble reports a service that exits at once as a failed change; whether Mimir runs is looked at afterwards. */
async function replan({ pebble, logger }: Ports): Promise<Outcome> {
  try {
    await pebble.replan({ timeoutMs: 60_000 });
  } catch (error) {
    if (!isFailedChange(error)) throw error;
    logger.warning(error.message);
  }
  return 'done';
}

function isFailedChange(error: unknown): error is Error {
  return error instanceof Error && 'kind' in error && error.kind === 'change-failed';
}

/**
 * Watches Mimir until it is ready, it exits, or the bound is over. An exit is recorded against the configuration
 * that it ran with, unless that one has proven good before: then the fault is elsewhere.
 */
async function awaitMimir(ports: Ports, hash: string | undefined): Promise<Outcome> {
  const { clock, mimir, pebble, logger } = ports;
  const end = clock.now() + patienceMs;
  while (clock.now() < end) {
    const state = (await pebble.services([serviceName]))[0]?.current ?? 'absent';
    if (isFailing(state)) {
      const reason = await lastWords(pebble);
      logger.warning(`Mimir exits: ${reason}`);
      if (hash === undefined) return 'gave-up';
      await recordRejection(ports, { hash, reason });
      return 'look-again';
    }
    if ((await mimir.unit.ready()).ready) return 'look-again';
    await clock.sleep(pollMs);
  }
  return 'gave-up';
}
