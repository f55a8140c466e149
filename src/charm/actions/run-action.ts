import type { Ports } from '../ports.ts';
import type { Action } from './action.ts';

/** Loads an action's module when it is run: a hook evaluates nothing of actions. */
export const actions: Readonly<Record<string, () => Promise<Action>>> = {
  'get-config': async () => (await import('./get-config.ts')).getConfig,
  'list-alerts': async () => (await import('./list-alerts.ts')).listAlerts,
  'list-rules': async () => (await import('./list-rules.ts')).listRules,
  'remove-old-samples': async () => (await import('./remove-old-samples.ts')).removeOldSamples,
  'tenant-stats': async () => (await import('./tenant-stats.ts')).tenantStats,
};

/** Runs the action of that name with the parameters that Juju holds, and answers through Juju. */
export async function runAction(ports: Ports, name: string): Promise<void> {
  const { hookTools, logger } = ports;
  const load = actions[name];
  if (load === undefined) {
    await hookTools.actionFail(`This revision of the charm has no action ${name}.`);
    return;
  }
  const result = await (await load()).run(await hookTools.actionGet(), ports);
  if (result.ok) await hookTools.actionSet(result.results);
  else await hookTools.actionFail(result.reason);
  logger.info(`action ${name}: ${result.ok ? 'done' : 'failed'}`);
}
