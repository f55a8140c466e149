/**
 * usage: npm run demo [-- --once] [-- --charm PATH]
 *
 * Deploys the charm, as built or the folder or .charm file at PATH, in a simulated Juju model with real Pebble and real Mimir, sends it a real sample, queries
 * it back, and shows an alert firing. Stays until Ctrl-C, or ends by itself with --once.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { probeNamespaces } from '../src/simulator/launch/probe.ts';
import { provideBinary } from './binaries.ts';
import { ownArchitecture, stageCharm } from './stage.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stateFolder = mkdtempSync(join(tmpdir(), 'juju-sim-demo-'));
const service = 'mimir-k8s.demo.svc.cluster.local:9009';

/** The rules of the sender: fires as soon as the sample of this run is there. */
const rules = `groups:
- name: demo
  interval: 2s
  rules:
  - alert: DemoValueReceived
    expr: juju_sim_value > 0
    labels: { severity: info }
    annotations: { summary: "The sender's value is {{ $value }}" }
`;

const queryAnswer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});
const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
});
const processes = z.record(
  z.string(),
  z.array(z.object({ hostPid: z.number(), command: z.array(z.string()) })),
);

function say(text: string): void {
  console.log(`\n# ${text}`);
}

/** What a command wrote. */
interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `juju-sim` with Juju's own words, showing command and output. */
async function jujuSim(args: readonly string[], { quiet = false } = {}): Promise<Written> {
  if (!quiet) console.log(`$ juju-sim ${args.map((arg) => (/\s/.test(arg) ? `'${arg}'` : arg)).join(' ')}`);
  const child = spawn(process.execPath, [join(root, 'src/simulator/cli.ts'), ...args], {
    cwd: root,
    env: { ...process.env, JUJU_SIM_DIR: stateFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      if (!quiet) process[stream].write(text);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0)
    throw new Error(`cannot go on: juju-sim ${args[0] ?? ''} exited with ${code ?? 'a signal'}`);
  return written;
}

/** Mimir's own port on loopback if it is free, else any. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(0);
    });
    server.listen(wanted, '127.0.0.1', () => {
      server.close(() => {
        resolve(wanted);
      });
    });
  });
}

/** Asks `read` again until it returns something, for at most two minutes. */
async function waitFor<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    const found = await read();
    if (found !== undefined) return found;
    await delay(250);
  }
  throw new Error(`cannot go on: ${what} did not come within two minutes`);
}

async function get(base: string, path: string): Promise<unknown> {
  const answer = await fetch(`${base}${path}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`cannot GET ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function bootstrap(): Promise<string> {
  say('A simulated model, in namespaces of its own; one port of it is led to loopback');
  const port = await freePort(9009);
  const { stderr } = await jujuSim(['bootstrap', '--forward', `${port}:${service}`]);
  const listening = /127\.0\.0\.1:(\d+) leads to/.exec(stderr)?.[1];
  if (listening === undefined) throw new Error('cannot tell which port leads into the model');
  return `http://127.0.0.1:${listening}`;
}

async function deploy(charm: string, base: string): Promise<void> {
  say('The charm, and a sender of samples and rules, related');
  await jujuSim(['deploy', charm, 'mimir-k8s', '--resource', 'mimir-image=grafana/mimir:3.0.5']);
  await jujuSim(['deploy', 'grafana-agent-k8s', '--config', `rules=${rules}`]);
  await jujuSim(['integrate', 'mimir-k8s', 'grafana-agent-k8s']);
  await jujuSim(['wait-for-idle']);
  await jujuSim(['status']);
  // The charm asks Mimir itself; the Service leads to it only after the kubelet has asked too.
  await waitFor('an answer through the Service', async () => {
    const answer = await fetch(`${base}/ready`).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  });
}

async function showProcess(base: string): Promise<void> {
  say('That is a real Mimir under a real Pebble');
  const { stdout } = await jujuSim(['show-unit', 'mimir-k8s/0', '--format', 'json'], { quiet: true });
  const unit: unknown = JSON.parse(stdout);
  const containers = z.record(z.string(), z.looseObject({ processes })).parse(unit);
  const mimir = containers['mimir-k8s/0']?.processes['mimir']?.find(({ command }) =>
    command[0]?.endsWith('/mimir'),
  );
  if (mimir === undefined) throw new Error('cannot find the process of Mimir in its container');
  console.log(`Mimir runs as process ${mimir.hostPid}: ${mimir.command.join(' ')}`);
  console.log(`buildinfo: ${JSON.stringify(await get(base, '/api/v1/status/buildinfo'))}`);
}

async function sendAndQuery(base: string): Promise<void> {
  const value = String(randomInt(1, 1_000_000_000));
  say(`A sample with a random value, ${value}, by remote write, and back by a query`);
  await jujuSim(['run', 'grafana-agent-k8s/0', 'send', `value=${value}`]);
  const found = await waitFor('the sample', async () => {
    const { data } = queryAnswer.parse(await get(base, '/prometheus/api/v1/query?query=juju_sim_value'));
    return data.result[0]?.value[1];
  });
  console.log(`$ curl ${base}/prometheus/api/v1/query?query=juju_sim_value\n${found}`);
  if (found !== value) throw new Error(`the query returned ${found}, and ${value} was sent`);
}

async function showAlert(base: string): Promise<void> {
  say(
    "The sender's alert. The ruler looks a minute back, so that samples that come late count: wait for it …",
  );
  const alert = await waitFor('the alert', async () => {
    const { data } = alertsAnswer.parse(await get(base, '/prometheus/api/v1/alerts'));
    return data.alerts.find(({ state }) => state === 'firing');
  });
  console.log(`$ curl ${base}/prometheus/api/v1/alerts\n${JSON.stringify(alert, undefined, 2)}`);
}

async function tell(base: string): Promise<void> {
  say('The model');
  await jujuSim(['status', '--relations']);
  say('Addresses to open');
  console.log(`Mimir               ${base}/\nIts Alertmanager    ${base}/alertmanager/`);
  console.log(`juju-sim            JUJU_SIM_DIR=${stateFolder} npx juju-sim status`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { once: { type: 'boolean', default: false }, charm: { type: 'string' } },
  });
  const obstacle = probeNamespaces();
  if (obstacle !== undefined) throw new Error(`cannot run the demo: ${obstacle}`);
  for (const name of ['pebble', 'mimir'] as const) {
    await provideBinary(name, (line) => {
      console.log(line);
    });
  }
  if (values.charm === undefined) await stageCharm(ownArchitecture, join(root, 'build/charm'));
  const interrupted = new Promise<void>((resolve) => {
    // More than one may come, from the terminal and from npm, and the model has to be ended all the same.
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
  });
  const base = await bootstrap();
  try {
    await deploy(values.charm ?? './build/charm', base);
    await showProcess(base);
    await sendAndQuery(base);
    await showAlert(base);
    await tell(base);
    if (values.once) return;
    say('It stays as it is until you press Ctrl-C');
    await interrupted;
  } finally {
    await jujuSim(['down']);
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
