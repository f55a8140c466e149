import { read } from '../interfaces/alertmanager-remote-configuration.ts';
import {
  type AlertmanagerConfig,
  hashOf,
  parseAlertmanagerConfig,
  parseOfferedConfig,
} from '../mimir/alertmanager-config.ts';
import { optionText } from './declared.ts';
import { optionProblem } from './deployment.ts';
import { notedAlertmanagerConfig } from './leader-notes.ts';
import { briefly, type Problem } from './problem.ts';
import type { Known, RelationSnapshot, Snapshot } from './snapshot.ts';

/** What the leader wants of the configuration of Mimir's own Alertmanager. */
export interface InterpretedAlertmanagerConfig {
  /** The configuration, or `ours-gone`: none of ours should be there; unobserved leaves Mimir's as it is. */
  readonly wanted: Known<AlertmanagerConfig | 'ours-gone'>;
  /** Hash of ours that Mimir holds after this dispatch; undefined if it holds none of ours. */
  readonly note: string | undefined;
  readonly problems: readonly Problem[];
}

type Concern = Pick<Snapshot, 'leader' | 'dying' | 'options' | 'peers' | 'configurers'>;

/** Says whether Mimir's Alertmanager configuration is any matter of this dispatch: else it need not be read. */
export function concernsAlertmanagerConfig(snapshot: Concern): boolean {
  const { leader, dying, peers } = snapshot;
  if (!leader || dying || peers === undefined) return false;
  const isAsked = isSet(snapshot) || configurerOf(snapshot) !== undefined;
  return isAsked || notedAlertmanagerConfig(peers.appBag) !== undefined;
}

/**
 * Reads the options for Mimir's own Alertmanager, and what a related application offers in their place. The configuration
 * is ours only while one of them sets it: what a user posted through Mimir's API with nothing set is left alone, and so is
 * what he put in the place of ours.
 */
export function interpretAlertmanagerConfig(snapshot: Snapshot): InterpretedAlertmanagerConfig {
  const { peers, alertmanagerConfig: held, refusedAlertmanagerConfig: refused } = snapshot;
  const remembered = peers === undefined ? undefined : notedAlertmanagerConfig(peers.appBag);
  const leftAlone = { wanted: 'unobserved', note: remembered } as const;
  if (!concernsAlertmanagerConfig(snapshot)) return { ...leftAlone, problems: [] };
  const relation = configurerOf(snapshot);
  const asked = relation === undefined ? askedByOptions(snapshot) : offeredBy(relation, snapshot);
  if ('problems' in asked) return { ...leftAlone, problems: asked.problems };
  if (refused !== undefined) return { ...leftAlone, problems: [refusal(refused, relation)] };
  if (held === 'unobserved') return { ...leftAlone, problems: [] };
  const { upload } = asked;
  return { wanted: upload ?? 'ours-gone', note: upload && hashOf(upload), problems: [] };
}

/** What to upload, undefined if nothing is asked for; or why what is in force stays. */
type Asked = { readonly upload: AlertmanagerConfig | undefined } | { readonly problems: readonly Problem[] };

const source = 'remote-configuration';

function isSet({ options }: Pick<Snapshot, 'options'>): boolean {
  const texts = (['alertmanager_config', 'alertmanager_template'] as const).map((name) =>
    optionText(options, name),
  );
  return texts.some((text) => text.trim() !== '');
}

/** Juju allows one such relation. */
function configurerOf({ configurers }: Pick<Snapshot, 'configurers'>): RelationSnapshot | undefined {
  return configurers === 'unobserved' ? undefined : configurers.relations[0];
}

function askedByOptions({ options }: Snapshot): Asked {
  const parsed = parseAlertmanagerConfig({
    config: optionText(options, 'alertmanager_config'),
    template: optionText(options, 'alertmanager_template'),
  });
  if (!('problem' in parsed)) return parsed;
  const option = parsed.option === 'config' ? 'alertmanager_config' : 'alertmanager_template';
  return { problems: optionProblem(option, parsed) };
}

/** What was offered last stays in force until something better is. */
function offeredBy(
  { application = 'the other side', remoteAppBag }: RelationSnapshot,
  snapshot: Snapshot,
): Asked {
  const blocked = (message: string): Asked => ({ problems: [{ status: 'blocked', source, message }] });
  if (isSet(snapshot)) return blocked(askedTwice(snapshot.identity.application));
  if (remoteAppBag === 'unobserved') return { problems: [] };
  const offered = read(remoteAppBag);
  const parsed = offered.ok
    ? offered.value && parseOfferedConfig(offered.value)
    : { problem: offered.reason };
  if (parsed === undefined)
    return blocked(
      `${application} offers no configuration, perhaps since its own is not valid; what is in force stays. Mend it there, or remove the relation.`,
    );
  if ('problem' in parsed)
    return blocked(
      `What ${application} offers cannot be used (${briefly(parsed.problem)}); what is in force stays. Mend it there.`,
    );
  return parsed;
}

function askedTwice(application: string): string {
  return `The relation and the options alertmanager_config and alertmanager_template exclude each other; what is in force stays. Remove the relation, or run juju config ${application} --reset alertmanager_config,alertmanager_template.`;
}

function refusal(words: string, relation: RelationSnapshot | undefined): Problem {
  const cure =
    relation === undefined
      ? 'Correct the option, or juju config --reset it'
      : `Mend it in ${relation.application ?? 'the other application'}`;
  const message = `Mimir refuses it and keeps the configuration in force: ${briefly(withoutValues(words))}. ${cure}.`;
  return { status: 'blocked', source: relation === undefined ? 'alertmanager_config' : source, message };
}

/** Mimir quotes the start of a value of the wrong type in backquotes, and a URL that it cannot parse whole. */
function withoutValues(words: string): string {
  return words.replaceAll(/`[^`]*`|"[^"]*:\/\/[^"]*"/g, '…');
}
