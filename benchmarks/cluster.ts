import { loadavg } from 'node:os';
import { programs, provideBinary } from '../scripts/binaries.ts';
import type { BenchmarkOptions } from './benchmark.ts';
import { failuresOf } from './cluster/away.ts';
import { deployClusters, makeClusterCharms } from './cluster/deploy.ts';
import { deploymentOf, deployments } from './cluster/deployment.ts';
import { watchRestart, type WatchedRestart } from './cluster/restart.ts';
import { comparisonTable, restartTable, type Turns } from './cluster/tables.ts';
import { takeTurn } from './cluster/turn.ts';
import { describeMachine } from './machine.ts';
import { measureInTurn } from './rounds.ts';
import { withSimulator } from './simulator.ts';

/** The first round makes the series, which the others then have. */
const warmUps = 1;
const three = deploymentOf('charm', 3);

const aboutFigures = `\
Each figure is the median of the rounds, with the least and the greatest; a ratio is the median of the ratios within each
round. Samples and CPU time are of all units together.`;

const aboutRestart = `\
A change of \`log_level\` with three units under load: how long each was out of the Service, its \`/ready\` not 200, and how
long its Mimir answered no query at all.`;

/** Measures Mimir as the charm runs it beside the same Mimir without it, and a rolling restart of three units. */
export async function measureCluster({ rounds, report }: BenchmarkOptions): Promise<string> {
  report('Making the charms …');
  await provideBinary('minio', report);
  await makeClusterCharms();
  const busy = loadavg()[0] ?? 0;
  const { turns, restart } = await withSimulator(async (client) => {
    report('Deploying them …');
    const { ended } = await deployClusters(client);
    const measureAll = async () => {
      report(
        `Measuring ${deployments.length} deployments in turn: ${warmUps} round to warm up, then ${rounds} …`,
      );
      const measured: Turns = await measureInTurn(deployments, { warmUps, rounds }, (deployment) =>
        takeTurn(client, deployment),
      );
      report(`Restarting the units of ${three.application} …`);
      return { turns: measured, restart: await watchRestart(client, three) };
    };
    return Promise.race([measureAll(), ended]);
  }, report);
  const software = [
    `Node.js ${process.versions.node}`,
    `Mimir ${programs.mimir.reports.version}`,
    `load average before ${busy.toFixed(1)}`,
  ];
  const heading = `${describeMachine(software)}: \`npm run bench -- cluster --rounds ${rounds}\``;
  const parts = [heading, comparisonTable(turns).trimEnd(), aboutFigures, ...describeRestart(restart)];
  return parts.join('\n\n');
}

function describeRestart(restart: WatchedRestart): readonly string[] {
  const { service, written, repeated } = restart;
  const failures = failuresOf(service);
  const through = `\
Through the Service meanwhile: ${service.length} queries, of which ${failures.length} failed; ${written} write requests,
which had to be sent again ${repeated} times in all.`;
  const why = [...new Set(failures)].slice(0, 5).map((text) => `- ${text}`);
  const parts = [aboutRestart, restartTable(three, restart).trimEnd(), through];
  return why.length === 0 ? parts : [...parts, why.join('\n')];
}
