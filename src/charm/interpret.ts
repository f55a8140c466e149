import { alertmanagerFallback } from '../mimir/config/alertmanager.ts';
import { parseRetention } from '../mimir/retention.ts';
import { defaultLimits } from '../mimir/config/limits.ts';
import { renderConfig, renderRuntimeConfig } from '../mimir/config/render.ts';
import { runCommand } from '../mimir/command.ts';
import { paths } from '../mimir/paths.ts';
import { restartHash } from '../mimir/restart-hash.ts';
import { applicationUrl, unitHostname } from './addresses.ts';
import type { CharmState, ChosenConfig } from './charm-state.ts';
import { containerName, optionText } from './declared.ts';
import type { Problem } from './problem.ts';
import { interpretSenders } from './sender-rules.ts';
import { isFailing } from './observe-workload.ts';
import type { Snapshot } from './snapshot.ts';

/** Parses a snapshot into Mimir's words. Never throws: what cannot be parsed becomes a problem. */
export function interpret(snapshot: Snapshot): CharmState {
  const configured = chooseConfig(snapshot);
  const replication = checkReplication(snapshot);
  const run = configured.config !== undefined && (replication === undefined || isFirstUnit(snapshot));
  const senders = interpretSenders(snapshot);
  return {
    config: configured.config,
    limits: renderRuntimeConfig(defaultLimits),
    run,
    applicationUrl: applicationUrl(snapshot.identity),
    hostname: unitHostname(snapshot.identity),
    senderRules: senders.rules,
    problems: [
      ...configured.problems,
      ...(replication === undefined ? [] : [replication]),
      ...workloadProblems(snapshot, run),
      ...senders.problems,
    ],
  };
}

interface Configured {
  readonly config: ChosenConfig | undefined;
  readonly problems: readonly Problem[];
}

/** What was asked for if it can be had, else the last good configuration, with the reason. */
function chooseConfig(snapshot: Snapshot): Configured {
  const { workload, options } = snapshot;
  const retention = parseRetention(optionText(options, 'tsdb_block_retention_period'));
  const version = workload.reachable ? workload.version : '';
  if ('problem' in retention) {
    const problem = {
      status: 'blocked',
      source: 'tsdb_block_retention_period',
      message: retention.problem,
    } as const;
    return { config: keptConfig(snapshot, version), problems: [problem] };
  }
  const text = renderConfig({
    externalUrl: applicationUrl(snapshot.identity),
    blocksRetention: retention.milliseconds,
    logLevel: 'info',
    dataDir: paths.dataDir,
    configDir: paths.configDir,
  });
  const hash = hashOf(text, version);
  if (!workload.reachable || workload.rejection?.hash !== hash) {
    return { config: { text, hash, asked: true }, problems: [] };
  }
  const problem = {
    status: 'blocked',
    source: containerName,
    message: refusal(workload.rejection.reason),
  } as const;
  return { config: keptConfig(snapshot, version), problems: [problem] };
}

function refusal(reason: string): string {
  return `Mimir refuses the new configuration; the last good one stays in force. Undo the last juju config or refresh. Mimir says: ${reason}`;
}

function keptConfig({ workload }: Snapshot, version: string): ChosenConfig | undefined {
  if (!workload.reachable) return undefined;
  const text = workload.files.get(paths.lastGood.config) ?? workload.files.get(paths.config);
  return text === undefined ? undefined : { text, hash: hashOf(text, version), asked: false };
}

function hashOf(config: string, version: string): string {
  return restartHash({ command: runCommand().join(' '), config, alertmanagerFallback, version });
}

/** Several units need storage that all of them see; without it only the first may serve. */
function checkReplication({ plannedUnits, identity }: Snapshot): Problem | undefined {
  if (plannedUnits <= 1) return undefined;
  return {
    status: 'blocked',
    source: 'units',
    message: `Replication requires object storage: only ${identity.application}/0 serves. Go back with juju scale-application ${identity.application} 1.`,
  };
}

/** Kubernetes removes the highest ordinals first, so the first unit's disk is the one that stays. */
function isFirstUnit({ identity }: Snapshot): boolean {
  return identity.unit === `${identity.application}/0`;
}

function workloadProblems({ workload }: Snapshot, run: boolean): readonly Problem[] {
  const say = (status: 'blocked' | 'waiting', message: string): readonly Problem[] => [
    { status, source: containerName, message },
  ];
  if (!workload.reachable) return say('waiting', 'Waiting for the container: Kubernetes starts it.');
  if (!run || workload.ready) return [];
  if (!isFailing(workload.service)) return say('waiting', 'Waiting for Mimir to be ready.');
  return say(
    'blocked',
    `Mimir keeps exiting; see juju ssh --container ${containerName}. It says: ${workload.lastWords ?? ''}`,
  );
}
