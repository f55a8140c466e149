import { topologyToken, type AlertGroup } from './alert.ts';

/** Whose Mimir is watched, in Juju's words. */
export interface Topology {
  readonly model: string;
  readonly modelUuid: string;
  readonly application: string;
  readonly charm: string;
}

/** An alert rule as it stands in a rule file. */
export interface PublishedAlert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A rule group as it stands in a rule file. */
export interface PublishedGroup {
  readonly name: string;
  readonly rules: readonly PublishedAlert[];
}

/**
 * Alerts on Mimir's own metrics or log, for one application. Group names and labels are those that Juju's libraries give
 * (Juju: cosl's rules.py), who then leave them as they are.
 */
export function selfRules(
  groups: readonly AlertGroup[],
  { model, modelUuid, application, charm }: Topology,
): readonly PublishedGroup[] {
  const topology = { juju_application: application, juju_model: model, juju_model_uuid: modelUuid };
  const matchers = Object.entries(topology)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
  const prefix = `${model}_${modelUuid.slice(0, 8)}_${application}`;
  return groups.map(({ name, alerts }) => ({
    name: `${prefix}_${name}_rules`.replaceAll(/[^a-zA-Z0-9_:]/g, '_'),
    rules: alerts.map((alert) => ({
      alert: alert.name,
      expr: alert.expr.replaceAll(topologyToken, () => matchers),
      for: alert.for,
      labels: { severity: alert.severity, ...topology, juju_charm: charm },
      annotations: { summary: alert.summary, description: alert.description },
    })),
  }));
}
