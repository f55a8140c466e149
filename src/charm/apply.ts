import { parseRefusal, validateCommand } from '../mimir/command.ts';
import { paths } from '../mimir/paths.ts';
import { storeTrouble } from '../mimir/store-trouble.ts';
import { applyMove, isMoveEffect, type MoveEffect } from './apply-move.ts';
import { applyRequest, isWorkloadRequest } from './apply-request.ts';
import { applyToMimir, isMimirEffect, type MimirEffect, type MimirTarget } from './apply-to-mimir.ts';
import type { WorkloadRequest } from './charm-state.ts';
import { describeEffect, type Effect } from './effect.ts';
import { countFindings, type Findings } from './findings.ts';
import { isFailing, isPebbleError, lastLines, lastWords } from './observe-workload.ts';
import { serviceName } from './layer.ts';
import type { Ports } from './ports.ts';
import type { Rejection } from './snapshot.ts';
import type { TracedPorts } from './trace.ts';
import { applyToKey, isKeyEffect, type KeyEffect } from './unit-key.ts';

/** How a pass ended. */
export type Outcome =
  /** Every effect was applied. */
  | 'done'
  /** Mimir was started, or it refused a configuration or rules: look again and plan anew. */
  | 'look-again'
  /** Mimir did not come up within the bound: look again, and do not wait any more. */
  | 'gave-up';

/** Longest wait for Mimir in one dispatch, in milliseconds; no hook sleeps longer. */
const patienceMs = 10_000;
const pollMs = 200;

/** Applies effects in their order; stops where the world has to be looked at again before the rest makes sense. */
export async function apply(
  ports: TracedPorts,
  effects: readonly Effect[],
  target: MimirTarget,
): Promise<Outcome> {
  const { findings } = target;
  const before = countFindings(findings);
  const foundMore = () => countFindings(findings) > before;
  for (const effect of effects) {
    // After trouble Mimir is asked nothing more; after a refusal it still gets the rest.
    if (foundMore() && (findings.trouble !== undefined || !isMimirEffect(effect))) return 'look-again';
    const known = countFindings(findings);
    const what = { name: effect.kind, attributes: { effect: describeEffect(effect) } };
    const outcome = await ports.trace.step(what, async () => {
      const came = await applyEffect(ports, effect, target);
      if (countFindings(findings) > known) ports.trace.fail(findings.trouble ?? 'Mimir refuses it');
      return came;
    });
    // The log says what was done; what Mimir refused or did not answer becomes a problem.
    if (countFindings(findings) === known && changesSomething(effect))
      ports.logger.info(describeEffect(effect));
    if (outcome !== 'done') return outcome;
  }
  return foundMore() ? 'look-again' : 'done';
}

/** Every dispatch replans, and asking and waiting change nothing. */
const silent: ReadonlySet<Effect['kind']> = new Set(['replan', 'await-mimir', 'ask-peers']);

/** Tells whether an effect is worth a line in the log. */
export function changesSomething({ kind }: Effect): boolean {
  return !silent.has(kind);
}

async function applyEffect(ports: TracedPorts, effect: Effect, target: MimirTarget): Promise<Outcome> {
  if (effect.kind === 'validate-config') return validateConfig(ports, effect);
  if (effect.kind === 'replan') return replan(ports, effect, target.findings);
  if (effect.kind === 'await-mimir') return awaitMimir(ports, effect);
  const { mimir, findings } = target;
  if (isWorkloadRequest(effect)) return applyRequest(mimir, effect, findings);
  if (isMoveEffect(effect)) return applyMove({ ...ports, mimir }, effect, findings);
  if (isKeyEffect(effect)) {
    await applyToKey(ports.hookTools, effect, findings);
    return effect.kind === 'request-certificate' ? 'look-again' : 'done';
  }
  if (isMimirEffect(effect)) await applyToMimir(effect, target);
  else await performEffect(ports, effect);
  return 'done';
}

type ReplanEffect = Extract<Effect, { kind: 'replan' }>;
type PlainEffect = Exclude<
  Effect,
  | MimirEffect
  | MoveEffect
  | WorkloadRequest
  | KeyEffect
  | { kind: 'validate-config' | 'replan' | 'await-mimir' }
>;

async function performEffect({ pebble, hookTools, probe }: Ports, effect: PlainEffect): Promise<void> {
  switch (effect.kind) {
    case 'push-files':
      return pebble.writeFiles(effect.files);
    case 'push-probe':
      return pebble.writeFile({
        ...{ path: paths.probe, content: await probe.read() },
        ...{ permissions: '755', makeDirs: true },
      });
    case 'remove-file':
      return pebble.removePath(effect.path, { recursive: true });
    case 'add-layer':
      return pebble.addLayer(effect.label, effect.layer, { combine: true });
    case 'stop-service':
      await pebble.stop([effect.service]);
      return;
    case 'kill-service':
      return pebble.signal('SIGKILL', [effect.service]);
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

/** Asks Mimir's own binary; what it refuses never becomes its configuration file. */
async function validateConfig(
  { pebble, logger, trace }: TracedPorts,
  { content, hash }: { content: string; hash: string },
): Promise<Outcome> {
  await pebble.writeFile({ path: paths.candidateConfig, content, permissions: '600', makeDirs: true });
  const answer = await pebble.exec({ command: validateCommand(), workingDir: '/', timeoutMs: 15_000 });
  await pebble.removePath(paths.candidateConfig, { recursive: true });
  // Mimir: exit 1 is a refusal. Anything else (out of memory, say) tells nothing, and Mimir is watched at its start.
  if (answer.exitCode !== 1) return 'done';
  const reason = parseRefusal(`${answer.stderr}\n${answer.stdout}`).slice(0, 300);
  logger.warning(`Mimir refuses the new configuration: ${reason}`);
  trace.fail(reason);
  await recordRejection({ pebble }, { hash, by: 'mimir', reason });
  return 'look-again';
}

function recordRejection({ pebble }: Pick<Ports, 'pebble'>, rejection: Rejection): Promise<void> {
  const content = JSON.stringify(rejection);
  return pebble.writeFile({ path: paths.lastGood.rejection, content, permissions: '600', makeDirs: true });
}

/** Pebble reports a service that exits at once as a failed change; whether Mimir runs is looked at afterwards. */
async function replan(ports: Ports, { lookAgain }: ReplanEffect, findings: Findings): Promise<Outcome> {
  const restarted = await hasRestarted(ports);
  findings.replanned = true;
  return lookAgain === 'always' || (lookAgain === 'if-restarted' && restarted) ? 'look-again' : 'done';
}

async function hasRestarted({ pebble, logger }: Ports): Promise<boolean> {
  try {
    const { tasks } = await pebble.replan({ timeoutMs: 60_000 });
    // Pebble: a replan "starts" what runs already too, so only a stop tells.
    return tasks.some(({ kind }) => kind === 'stop');
  } catch (error) {
    if (!isPebbleError(error, ['change-failed'])) throw error;
    logger.warning(error.message);
    return true;
  }
}

type AwaitEffect = Extract<Effect, { kind: 'await-mimir' }>;

/** Watches Mimir until it is ready, it exits, or the bound is over. */
async function awaitMimir(ports: TracedPorts, effect: AwaitEffect): Promise<Outcome> {
  const { clock, pebble } = ports;
  const { unit } = ports.mimir(effect.tls);
  const end = clock.now() + patienceMs;
  let listens = false;
  let reason = '';
  while (clock.now() < end) {
    const state = (await pebble.services([serviceName]))[0]?.current ?? 'absent';
    // `inactive` is no exit: a dispatch that was killed may have left Pebble in the middle of a restart.
    if (isFailing(state))
      return recordFailure(ports, effect, (lines) => ({ by: 'mimir', reason: lastWords(lines) }));
    const readiness = await unit.ready();
    if (readiness.ready) return 'look-again';
    ({ listens, reason } = readiness);
    await clock.sleep(pollMs);
  }
  ports.logger.info(`Mimir is not ready: ${reason}`);
  // It asks the store for up to 30 s before it says in its log how that went (Mimir: pkg/mimir/sanity_check.go).
  return recordFailure(ports, effect, () => (effect.onBucket && !listens ? storeSilent : undefined));
}

type Failure = Omit<Rejection, 'hash'>;

const storeSilent: Failure = { by: 'store', reason: 'the object store does not answer' };

/**
 * Records why Mimir did not come up against the configuration that it ran with, unless that one has proven good before:
 * then the fault is elsewhere. What its object store answers comes first, else `otherwise` finds the reason.
 */
async function recordFailure(
  ports: TracedPorts,
  { hash, canGoBack }: AwaitEffect,
  otherwise: (lines: readonly string[]) => Failure | undefined,
): Promise<Outcome> {
  const lines = await lastLines(ports.pebble);
  const store = storeTrouble(lines);
  const failure: Failure | undefined =
    store === undefined ? otherwise(lines) : { by: 'store', reason: `the object store answers: ${store}` };
  if (failure !== undefined) ports.logger.warning(`Mimir does not come up: ${failure.reason}`);
  ports.trace.fail(failure?.reason ?? 'Mimir is not ready yet');
  if (hash === undefined || failure === undefined || (failure.by === 'store' && !canGoBack)) return 'gave-up';
  await recordRejection(ports, { hash, ...failure });
  return 'look-again';
}
