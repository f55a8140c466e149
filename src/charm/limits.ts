import { defaultLimits } from '../mimir/config/limits.ts';
import { renderRuntimeConfig } from '../mimir/config/render.ts';
import { parseHaLabels } from '../mimir/ha-labels.ts';
import { paths } from '../mimir/paths.ts';
import { optionText } from './declared.ts';
import { optionProblem } from './deployment.ts';
import { heldFile } from './held-file.ts';
import type { Members } from './members.ts';
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
export function interpretLimits(
  snapshot: Snapshot,
  { own }: Members,
  config: string | undefined,
): InterpretedLimits {
  const { options } = snapshot;
  const exemplars = parseExemplars(optionText(options, 'max_global_exemplars_per_user'));
  const held = heldFile(snapshot, paths.limits);
  const labels = parseHaLabels({
    cluster: optionText(options, 'ha_cluster_label'),
    replica: optionText(options, 'ha_replica_label'),
  });
  if ('problem' in exemplars || 'problem' in labels) {
    const problems = [
      ...optionProblem('max_global_exemplars_per_user', exemplars),
      ...('problem' in labels ? optionProblem(`ha_${labels.label}_label`, labels) : []),
    ];
    return { limits: held ?? renderRuntimeConfig(defaultLimits), exemplars: own.exemplars, problems };
  }
  const haLabels = hasTracker(config) ? labels : undefined;
  const values = { ...defaultLimits, maxGlobalExemplars: exemplars.count, haLabels };
  return { limits: renderRuntimeConfig(values, held), exemplars: exemplars.count > 0, problems: [] };
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
