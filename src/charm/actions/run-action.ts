import type { Ports } from '../ports.ts';
import type { EventOf } from '../../juju/index.ts';
import { observeTracesWanted } from '../charm-tracing.ts';
import type { UnitIdentity } from '../snapshot.ts';
import { traced, type TracedPorts } from '../trace.ts';
import type { Action } from './action.ts';

/** Loads an action's module when it is run: a hook evaluates nothing of actions. */
export const actions: Readonly<Record<string, () => Promise<Action>>> = {
  'get-config': async () => (await import('./get-config.ts')).getConfig,
  'list-alerts': async () => (await import('./list-alerts.ts')).listAlerts,
  'list-rules': async () => (await import('./list-rules.ts')).listRules,
  'remove-old-samples': async () => (await import('./remove-old-samples.ts')).removeOldSamples,
  'tenant-stats': async () => (await import('./tenant-stats.ts')).tenantStats,
};

/** Runs an action with the parameters that Juju holds, and answers through Juju. It is traced, where somebody takes traces. */
export async function runAction(
  ports: Ports,
  event: EventOf<'action'>,
  identity: UnitIdentity,
): Promise<void> {
  await traced(ports, { event, identity }, async (tracedPorts) => {
    tracedPorts.trace.sendTo(await observeTracesWanted(ports, event, identity));
    await tracedPorts.trace.step({ name: event.name }, () => carryOut(tracedPorts, event.name));
  });
}

async function carryOut(ports: TracedPorts, name: string): Promise<void> {
  const { hookTools, logger, trace } = ports;
  const load = actions[name];
  if (load === undefined) {
    await hookTools.actionFail(`This revision of the charm has no action ${name}.`);
    return;
  }
  const result = await (await load()).run(await hookTools.actionGet(), ports);
  if (result.ok) await hookTools.actionSet(result.results);
  else {
    trace.fail(result.reason);
    await hookTools.actionFail(result.reason);
  }
  logger.info(`action ${name}: ${result.ok ? 'done' : 'failed'}`);
}
