import { type AlertmanagerConfig, hashOf, parseAlertmanagerConfig } from '../mimir/alertmanager-config.ts';
import { optionText } from './declared.ts';
import { optionProblem } from './deployment.ts';
import { notedAlertmanagerConfig } from './leader-notes.ts';
import { briefly, type Problem } from './problem.ts';
import type { Known, Snapshot } from './snapshot.ts';

/** What the leader wants of the configuration of Mimir's own Alertmanager. */
export interface InterpretedAlertmanagerConfig {
  /** The configuration, or `ours-gone`: none of ours should be there; unobserved leaves Mimir's as it is. */
  readonly wanted: Known<AlertmanagerConfig | 'ours-gone'>;
  /** Hash of ours that Mimir holds after this dispatch; undefined if it holds none of ours. */
  readonly note: string | undefined;
  readonly problems: readonly Problem[];
}

/** Says whether Mimir's Alertmanager configuration is any matter of this dispatch: else it need not be read. */
export function concernsAlertmanagerConfig({
  leader,
  dying,
  options,
  peers,
}: Pick<Snapshot, 'leader' | 'dying' | 'options' | 'peers'>): boolean {
  if (!leader || dying || peers === undefined) return false;
  const set = optionText(options, 'alertmanager_config') + optionText(options, 'alertmanager_template');
  return set !== '' || notedAlertmanagerConfig(peers.appBag) !== undefined;
}

/**
 * Reads the options for Mimir's own Alertmanager. The configuration is ours only while they set it: what a user
 * posted through Mimir's API with nothing set is left alone, and so is what he put in the place of ours.
 */
export function interpretAlertmanagerConfig(snapshot: Snapshot): InterpretedAlertmanagerConfig {
  const { options, peers, alertmanagerConfig: held, refusedAlertmanagerConfig: refused } = snapshot;
  const remembered = peers === undefined ? undefined : notedAlertmanagerConfig(peers.appBag);
  const leftAlone = { wanted: 'unobserved', note: remembered } as const;
  if (!concernsAlertmanagerConfig(snapshot)) return { ...leftAlone, problems: [] };
  const parsed = parseAlertmanagerConfig({
    config: optionText(options, 'alertmanager_config'),
    template: optionText(options, 'alertmanager_template'),
  });
  if ('problem' in parsed) {
    const option = parsed.option === 'config' ? 'alertmanager_config' : 'alertmanager_template';
    return { ...leftAlone, problems: optionProblem(option, parsed) };
  }
  if (refused !== undefined) return { ...leftAlone, problems: [refusal(refused)] };
  if (held === 'unobserved') return { ...leftAlone, problems: [] };
  const { upload } = parsed;
  return { wanted: upload ?? 'ours-gone', note: upload && hashOf(upload), problems: [] };
}

function refusal(words: string): Problem {
  const message = `Mimir refuses it and keeps the configuration in force: ${briefly(withoutValues(words))}. Correct the option, or juju config --reset it.`;
  return { status: 'blocked', source: 'alertmanager_config', message };
}

/** Mimir quotes the start of a value of the wrong type in backquotes, and a URL that it cannot parse whole. */
function withoutValues(words: string): string {
  return words.replaceAll(/`[^`]*`|"[^"]*:\/\/[^"]*"/g, '…');
}
