/** An alert on Mimir's own metrics. */
export interface Alert {
  readonly name: string;
  /** PromQL; each selector has the place-holder {@link topologyToken} in front of its other matchers. */
  readonly expr: string;
  /** How long the expression has to hold: minutes with an `m`. */
  readonly for: `${number}m`;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  /** What it means, and what the administrator does next. */
  readonly description: string;
}

/** Alerts that are evaluated in one go. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** Stands where the matchers of one application come; parsing PromQL in each dispatch would cost more than all else. */
export const topologyToken = '%%juju_topology%%';

/** Labels of one application's series. */
export const applicationLabels = 'juju_model, juju_model_uuid, juju_application';
/** Labels of one unit's series. */
export const unitLabels = `${applicationLabels}, juju_unit`;
