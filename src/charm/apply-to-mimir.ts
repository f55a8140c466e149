import type { MimirClient } from '../mimir/api.ts';
import { MimirApiError } from '../mimir/errors.ts';
import type { RuleGroup } from '../mimir/rule-group.ts';
import type { MimirApis } from './ports.ts';
import type { Effect } from './effect.ts';
import { noteTrouble, type Findings } from './findings.ts';

/** The effects that go to Mimir's API. */
export type MimirEffect = Extract<
  Effect,
  {
    kind:
      | 'put-rule-group'
      | 'delete-rule-group'
      | 'delete-namespace'
      | 'set-alertmanager-config'
      | 'delete-alertmanager-config';
  }
>;

/** Where these effects go, and where what Mimir says to them is noted. */
export interface MimirTarget {
  readonly client: MimirClient;
  /** All of Mimir's APIs, as this unit's Mimir speaks now. */
  readonly mimir: MimirApis;
  readonly findings: Findings;
}

const kinds: ReadonlySet<string> = new Set<MimirEffect['kind']>([
  'put-rule-group',
  'delete-rule-group',
  'delete-namespace',
  'set-alertmanager-config',
  'delete-alertmanager-config',
]);

/** Tells whether an effect goes to Mimir's API. */
export function isMimirEffect(effect: Effect): effect is MimirEffect {
  return kinds.has(effect.kind);
}

/** Applies an effect to Mimir. What it refuses, and that it does not answer, is noted and no error of the hook. */
export async function applyToMimir(effect: MimirEffect, target: MimirTarget): Promise<void> {
  try {
    await send(effect, target);
  } catch (error) {
    noteTrouble(target.findings, error);
  }
}

async function send(effect: MimirEffect, target: MimirTarget): Promise<void> {
  const { client, findings } = target;
  switch (effect.kind) {
    case 'put-rule-group':
      return putRuleGroup(effect, target);
    case 'delete-rule-group':
      return client.deleteRuleGroup(effect.namespace, effect.name);
    case 'delete-namespace':
      return client.deleteNamespace(effect.namespace);
    case 'delete-alertmanager-config':
      return client.deleteAlertmanagerConfig();
    case 'set-alertmanager-config': {
      const verdict = await client.setAlertmanagerConfig(effect.config);
      if (!verdict.accepted) findings.refusedAlertmanagerConfig = verdict.reason;
    }
  }
}

/** A sender's rules that only the ruler finds fault with are that sender's fault. */
async function putRuleGroup(
  { namespace, group }: { namespace: string; group: RuleGroup },
  { client, findings: { refusedRules } }: MimirTarget,
): Promise<void> {
  if (refusedRules.has(namespace)) return;
  try {
    await client.setRuleGroup(namespace, group);
  } catch (error) {
    if (!(error instanceof MimirApiError && error.status === 400)) throw error;
    refusedRules.set(namespace, `rule group "${group.name}": ${error.body ?? error.message}`);
  }
}
