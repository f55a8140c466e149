import { readFileSync } from 'node:fs';
import { paths } from '../../src/mimir/paths.ts';
import type { Simulation } from './simulation.ts';

const preload = '/tmp/preload.cjs';
const trace = '/tmp/dispatch-trace';

/** What a test can do to the dispatches of one unit without their knowing. */
export interface DispatchSeam {
  /**
   * Traces the dispatches from now on, with these variables beside Juju's own; kills the first one of `hook` in place
   * of its `at`-th HTTP request.
   */
  begin(
    kill?: { readonly hook: string; readonly at: number },
    variables?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Whether the dispatch has been killed by now. */
  killed(): Promise<boolean>;
  /** Ends tracing and returns the lines of the trace: `start GET /v1/plan?format=yaml`, `start spawn …`. */
  end(): Promise<{ readonly lines: readonly string[]; readonly killed: boolean }>;
}

/** Puts the preload script into a unit's charm container. */
export async function installSeam(simulation: Simulation, unit: string): Promise<DispatchSeam> {
  const script = readFileSync(new URL('./preload.cjs', import.meta.url), 'utf8');
  await shell(simulation, unit, `cat > ${preload} <<'END'\n${script}\nEND`);
  const set = (environment: Record<string, string>) =>
    simulation.ask({ command: 'set-environment', unit, environment });
  const killed = async () => (await shell(simulation, unit, `ls ${trace}.killed 2>/dev/null || true`)) !== '';
  return {
    begin: async (kill = { hook: '', at: 0 }, variables = {}) => {
      await shell(simulation, unit, `rm -f ${trace} ${trace}.killed; : > ${trace}`);
      const seam = { TEST_TRACE: trace, TEST_KILL_HOOK: kill.hook, TEST_KILL_AT: String(kill.at) };
      await set({ NODE_OPTIONS: `--require ${preload}`, ...seam, ...variables });
    },
    killed,
    end: async () => {
      await set({});
      const lines = (await shell(simulation, unit, `cat ${trace}`)).split('\n').filter((line) => line !== '');
      return { lines, killed: await killed() };
    },
  };
}

/** Runs a shell script in a unit's charm container and returns what it wrote. */
export async function shell(simulation: Simulation, unit: string, script: string): Promise<string> {
  let output = '';
  const argv = ['sh', '-c', script];
  await simulation.client.request({ command: 'exec', unit, argv }, (line) => {
    if (line.kind === 'output' && line.stream === 'stdout') output += line.text;
  });
  return output;
}

const files = [
  paths.config,
  paths.limits,
  paths.trustedCa,
  ...Object.values(paths.tlsFiles),
  paths.lastGood.config,
  paths.lastGood.trustedCa,
  paths.lastGood.rejection,
];

const readWorkload = `
const { request } = require('node:http');
const ask = (path) => new Promise((resolve, reject) => {
  const headers = path.includes('action=read') ? { accept: 'multipart/form-data' } : {};
  request({ socketPath: '/charm/containers/mimir/pebble.socket', path, headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
  }).on('error', reject).end();
});
(async () => {
  const seen = { plan: JSON.parse(await ask('/v1/plan?format=yaml')).result };
  for (const file of ${JSON.stringify(files)}) {
    const text = await ask('/v1/files?action=read&path=' + file);
    seen[file] = text.includes('not-found') ? null : text.split('\\r\\n\\r\\n')[1].split('\\r\\n--')[0];
  }
  console.log(JSON.stringify(seen));
})();
`;

/** The plan and our files in the workload container of a unit, as Pebble shows them. */
export async function workloadView(simulation: Simulation, unit: string): Promise<unknown> {
  const script = `./bin/node <<'END'\n${readWorkload}\nEND`;
  const output = await shell(
    simulation,
    unit,
    `cd /var/lib/juju/agents/unit-${unit.replace('/', '-')}/charm && ${script}`,
  );
  return JSON.parse(output);
}
