import { defaultLimits } from '../mimir/config/limits.ts';
import { renderRuntimeConfig } from '../mimir/config/render.ts';
import { parseHaLabels } from '../mimir/ha-labels.ts';
import { paths } from '../mimir/paths.ts';
import { optionText } from './declared.ts';
import { optionProblem } from './deployment.ts';
import { heldFile } from './held-file.ts';
import type { Problem } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

/** What Mimir may be told without a restart. */
export interface InterpretedLimits {
  /** Text of the runtime configuration. */
  readonly limits: string;
  /** Exemplars are kept. */
  readonly exemplars: boolean;
  readonly problems: readonly Problem[];
}

/** Reads the options that Mimir takes up by itself, for a Mimir with the configuration `config`. */
export function interpretLimits(snapshot: Snapshot, config: string | undefined): InterpretedLimits {
  const { options } = snapshot;
  const exemplars = parseExemplars(optionText(options, 'max_global_exemplars_per_user'));
  const maxGlobalExemplars = 'problem' in exemplars ? 0 : exemplars.count;
  const values = { ...defaultLimits, maxGlobalExemplars };
  const held = heldFile(snapshot, paths.limits);
  const labels = parseHaLabels({
    cluster: optionText(options, 'ha_cluster_label'),
    replica: optionText(options, 'ha_replica_label'),
  });
  const problems = [...optionProblem('max_global_exemplars_per_user', exemplars)];
  if ('problem' in labels) {
    problems.push(...optionProblem(`ha_${labels.label}_label`, labels));
    return { limits: held ?? renderRuntimeConfig(values), exemplars: maxGlobalExemplars > 0, problems };
  }
  const haLabels = hasTracker(config) ? labels : undefined;
  const limits = renderRuntimeConfig({ ...values, haLabels }, held);
  return { limits, exemplars: maxGlobalExemplars > 0, problems };
}

function parseExemplars(text: string): { readonly count: number } | { readonly problem: string } {
  const count = Number(text);
  if (/^\d{1,9}$/.test(text)) return { count };
  return { problem: `"${text}" is no number of exemplars; set 0 for none, or 100000, say` };
}

/** The configuration in force decides, not the option: it may be an older one that was kept. */
function hasTracker(config: string | undefined): boolean {
  return /^ +enable_ha_tracker: true$/m.test(config ?? '');
}
