import { defaultLimits } from '../mimir/config/limits.ts';
import { renderRuntimeConfig } from '../mimir/config/render.ts';
import { parseHaLabels } from '../mimir/ha-labels.ts';
import { paths } from '../mimir/paths.ts';
import { heldFile } from './choose-config.ts';
import { optionText } from './declared.ts';
import { optionProblem } from './deployment.ts';
import type { Problem } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

/** What Mimir may be told without a restart. */
export interface InterpretedLimits {
  /** Text of the runtime configuration. */
  readonly limits: string;
  readonly problems: readonly Problem[];
}

/** Reads the options that Mimir takes up by itself, for a Mimir with the configuration `config`. */
export function interpretLimits(snapshot: Snapshot, config: string | undefined): InterpretedLimits {
  const { options } = snapshot;
  const held = heldFile(snapshot, paths.limits);
  const labels = parseHaLabels({
    cluster: optionText(options, 'ha_cluster_label'),
    replica: optionText(options, 'ha_replica_label'),
  });
  if ('problem' in labels) {
    const problems = optionProblem(`ha_${labels.label}_label`, labels);
    return { limits: held ?? renderRuntimeConfig(defaultLimits), problems };
  }
  const haLabels = hasTracker(config) ? labels : undefined;
  return { limits: renderRuntimeConfig({ ...defaultLimits, haLabels }, held), problems: [] };
}

/** The configuration in force decides, not the option: it may be an older one that was kept. */
function hasTracker(config: string | undefined): boolean {
  return /^ +enable_ha_tracker: true$/m.test(config ?? '');
}
