import { z } from 'zod';
import type { Topology } from '../../juju/topology.ts';
import { parseYaml } from '../yaml.ts';

const rule = z.looseObject({ expr: z.string(), labels: z.record(z.string(), z.string()).optional() });
const group = z.looseObject({ name: z.string(), rules: z.array(rule) });
const ruleFile = z.union([
  z.object({ groups: z.array(group) }),
  rule.transform((single) => ({ groups: [{ name: 'single', rules: [single] }] })),
  z.undefined().transform(() => ({ groups: [] })),
]);

type Rule = z.infer<typeof rule>;

/**
 * Value of the key `alert_rules` for a rule file's text: groups named after the topology, rules labelled with it,
 * as the sender's library publishes them (interface prometheus_remote_write). Without rules it is `{}`.
 * Throws an error that begins "cannot read rules" if the text is no rule file.
 */
export function publishRules(text: string, topology: Topology): string {
  const { groups } = readRuleFile(text);
  if (groups.length === 0) return '{}';
  return JSON.stringify({
    groups: groups.map((each) => ({
      ...each,
      name: groupName(each.name, topology),
      rules: each.rules.map((one) => labelled(one, topology)),
    })),
  });
}

function readRuleFile(text: string) {
  try {
    return ruleFile.parse(parseYaml(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? 'it is neither groups nor a single rule' : String(cause);
    throw new Error(`cannot read rules: ${why}`, { cause });
  }
}

/** Names that carry a topology already (an aggregator forwards them) keep it. */
function groupName(name: string, { model, modelUuid, application }: Topology): string {
  const named = /^.*?_[0-9a-f]{8}_.*?rules$/.test(name)
    ? name
    : `${model}_${modelUuid.slice(0, 8)}_${application}_${name}`;
  const suffixed = named.endsWith('_rules') ? named : `${named}_rules`;
  return suffixed.replaceAll(/[^a-zA-Z0-9_:]/g, '_');
}

function labelled(one: Rule, { model, modelUuid, application, charmName }: Topology): Rule {
  return {
    ...one,
    expr: one.expr.replaceAll(/%%juju_topology%%,?/g, ''),
    labels: {
      ...one.labels,
      juju_model: one.labels?.['juju_model'] ?? model,
      juju_model_uuid: one.labels?.['juju_model_uuid'] ?? modelUuid,
      juju_application: one.labels?.['juju_application'] ?? application,
      juju_charm: one.labels?.['juju_charm'] ?? charmName,
    },
  };
}
