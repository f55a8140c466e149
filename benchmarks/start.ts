import { findContainerPython, ops } from '../scripts/ops-charm.ts';
import { pythonVersion } from '../scripts/python-package.ts';
import type { BenchmarkOptions } from './benchmark.ts';
import { deployIdle, makeCharms } from './idle-model.ts';
import { describeMachine } from './machine.ts';
import { countActivity, measure, type Activity, type Cost, type MeasuredProcess } from './measure.ts';
import { measureInTurn } from './rounds.ts';
import { withSimulator } from './simulator.ts';
import { pairedRatio, spread } from './statistics.ts';
import { markdownTable } from './table.ts';

/** A process by the name that the table gives it. */
interface Subject extends MeasuredProcess {
  readonly name: string;
}

/** What a subject did, and what it cost in each round. */
interface Result {
  readonly activity: Activity;
  readonly costs: readonly Cost[];
}

const warmUps = 2;
const unit = 'mimir-k8s/0';
const updateStatus = dispatch(unit, 'update-status');
const spawning = { ...updateStatus.environment, JUJU_CHARM_TRANSPORT: 'spawn' };

const node: Subject = { name: '`node -e 0`', unit, environment: {}, argv: ['bin/node', '-e', '0'] };
const ours: readonly Subject[] = [
  { name: 'mimir-k8s, update-status', ...updateStatus },
  { name: 'mimir-k8s, config-changed', ...dispatch(unit, 'config-changed') },
  { name: 'mimir-k8s, update-status, hook tools spawned', ...updateStatus, environment: spawning },
];
const opsCharm: Subject = { name: 'ops charm, update-status', ...dispatch('ops-minimal/0', 'update-status') };
const hookTool: Subject = { name: 'one hook tool, `is-leader`', unit, environment: {}, argv: ['is-leader'] };

const aboutFigures = `\
Wall and CPU time are the median of the rounds, with the least and the greatest; a ratio is the median of the ratios
within each round. CPU time is user and system time of the process and of all that it started; what the agent, Pebble
and Mimir did for it is not in it. The peak is that of the largest process. Calls and processes were counted in a run
of their own.`;

const aboutTools = `\
mimir-k8s asks the agent over its socket, but in the row that says otherwise. Hook tools that are spawned are a small Go
program here (\`benchmarks/hook-tool\`), which asks the agent as Juju's own does; the last row is what one of them costs.
Juju's is a Go program of some 100 MB, and the simulator's own starts Node.js: with either, the rows with spawned hook
tools would be dearer.`;

const aboutOps = `\
The ops charm (\`benchmarks/charms/ops-minimal\`) has one unit, which leads, and the same three relations as mimir-k8s. It
reads its option, its leadership and the bags of its relations, asks Pebble for services, of which there are none, and
sets its status; mimir-k8s also asks its Mimir.`;

const noPython = `**The ops charm is left out: there is no Python 3.${ops.minor} or newer with pip in /usr.**`;

/** Measures what it costs to start the charm for an event that asks for nothing, beside a charm written with ops. */
export async function measureStart({ rounds, report }: BenchmarkOptions): Promise<string> {
  report('Making the charms …');
  const python = findContainerPython();
  if (python === undefined) report(noPython);
  const charms = await makeCharms(python);
  const subjects = [node, ...ours, ...(python === undefined ? [] : [opsCharm]), hookTool];
  const results = await withSimulator(async (client) => {
    report('Deploying them …');
    await deployIdle(client, charms);
    report(`Measuring ${subjects.length} processes in turn: ${warmUps} rounds to warm up, then ${rounds} …`);
    const measured = await measureInTurn(subjects, { warmUps, rounds }, (subject) =>
      measure(client, subject),
    );
    const found = new Map<Subject, Result>();
    for (const [subject, costs] of measured) {
      found.set(subject, { costs, activity: await countActivity(client, subject) });
    }
    return found;
  }, report);
  const software = [`Node.js ${process.versions.node}`, ...pythonSoftware(python)];
  const command = `\`npm run bench -- start --rounds ${rounds}\``;
  const heading = `${describeMachine(software)}: ${command}`;
  const note = python === undefined ? noPython : aboutOps;
  return [heading, tableOf(results).trimEnd(), note, aboutTools, aboutFigures].join('\n\n');
}

/** A start of the charm as for a hook of Juju's. */
function dispatch(unit: string, hook: string): MeasuredProcess {
  const environment = { JUJU_DISPATCH_PATH: `hooks/${hook}`, JUJU_HOOK_NAME: hook };
  return { unit, environment, argv: ['./dispatch'] };
}

function pythonSoftware(python: string | undefined): readonly string[] {
  return python === undefined ? [] : [`ops ${ops.version} on Python ${pythonVersion(python)}`];
}

function tableOf(results: ReadonlyMap<Subject, Result>): string {
  const headings = [
    ...['process', 'wall ms', 'CPU ms', 'wall ÷ node', 'CPU ÷ node', 'CPU ÷ ops'],
    ...['peak MiB', 'hook-tool calls', 'processes spawned'],
  ];
  const bases = { node: results.get(node)?.costs, ops: results.get(opsCharm)?.costs };
  const rows = [...results].map(([{ name }, { costs, activity }]) => [
    name,
    milliseconds(walls(costs)),
    milliseconds(processorTimes(costs)),
    ratio(walls(costs), bases.node && walls(bases.node)),
    ratio(processorTimes(costs), bases.node && processorTimes(bases.node)),
    ratio(processorTimes(costs), bases.ops && processorTimes(bases.ops)),
    (spread(costs.map(({ peakBytes }) => peakBytes)).median / 2 ** 20).toFixed(0),
    String(activity.hookToolCalls),
    String(activity.processes - 1),
  ]);
  return markdownTable({ headings, rows });
}

function walls(costs: readonly Cost[]): readonly number[] {
  return costs.map(({ wallNs }) => wallNs);
}

function processorTimes(costs: readonly Cost[]): readonly number[] {
  return costs.map(({ cpuNs }) => cpuNs);
}

function milliseconds(nanoseconds: readonly number[]): string {
  const { median, min, max } = spread(nanoseconds);
  const [middle, least, greatest] = [median, min, max].map((value) => (value / 1e6).toFixed(0));
  return `${middle ?? ''} (${least ?? ''}–${greatest ?? ''})`;
}

function ratio(values: readonly number[], base: readonly number[] | undefined): string {
  return base === undefined ? '–' : pairedRatio(values, base).toFixed(2);
}
