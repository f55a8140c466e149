import { z } from 'zod';
import { eventually, type HttpAnswer, type Simulation } from './simulation.ts';

const shown = z.object({ current: z.string(), message: z.string().optional() });
const status = z.object({
  applications: z.record(
    z.string(),
    z.object({
      'application-status': shown,
      version: z.string().optional(),
      units: z
        .record(z.string(), z.object({ 'workload-status': shown, leader: z.boolean().optional() }))
        .optional(),
    }),
  ),
});

/** A unit's status as `juju status` shows it: `active`, or `blocked: words`. */
export async function unitStatus(simulation: Simulation, unit: string): Promise<string> {
  const { applications } = status.parse(await simulation.ask({ command: 'status' }));
  const application = unit.split('/')[0] ?? '';
  const found = applications[application]?.units?.[unit]?.['workload-status'];
  if (found === undefined) return 'no such unit';
  return found.message === undefined || found.message === ''
    ? found.current
    : `${found.current}: ${found.message}`;
}

const containers = z.record(
  z.string(),
  z.looseObject({
    processes: z.record(z.string(), z.array(z.object({ hostPid: z.int(), command: z.array(z.string()) }))),
  }),
);

/** Mimir's process id on the host; undefined while it does not run. */
export async function mimirPid(simulation: Simulation, unit = 'mimir-k8s/0'): Promise<number | undefined> {
  const view = containers.parse(await simulation.ask({ command: 'show-unit', unit }));
  const processes = view[unit]?.processes['mimir'] ?? [];
  return processes.find(({ command }) => command[0]?.endsWith('/bin/mimir'))?.hostPid;
}

/** Waits until a unit's status matches. */
export function statusOf(simulation: Simulation, unit: string, matches: RegExp): Promise<string> {
  return eventually(`${unit} ${String(matches)}`, async () => {
    const found = await unitStatus(simulation, unit);
    return matches.test(found) ? found : undefined;
  });
}

const task = z.looseObject({
  status: z.string(),
  message: z.string().optional(),
  results: z.looseObject({}).optional(),
});

/** Runs an action and returns its results; fails if the action does. */
export async function runAction(
  simulation: Simulation,
  unit: string,
  call: { action: string; parameters?: Record<string, unknown> },
): Promise<Record<string, unknown>> {
  const { parameters = {}, action } = call;
  const done = task.parse(await simulation.ask({ command: 'run', unit, action, parameters }));
  if (done.status !== 'completed')
    throw new Error(`cannot run ${action} on ${unit}: ${JSON.stringify(done)}`);
  return done.results ?? {};
}

const matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

/**
 * What a path of Mimir answers through the Service. Waits for an answer: the Service takes a pod in again a moment
 * after its Mimir is ready, and until then it refuses connections.
 */
export function answerOf(simulation: Simulation, path: string): Promise<HttpAnswer> {
  return eventually(`an answer of ${path}`, async () => {
    const answer = await simulation.http(path);
    return answer.status === 0 || answer.status >= 500 ? undefined : answer;
  });
}

/**
 * Waits until so many connections at once all reach a Mimir that is ready: a pod without one counts as ready until its
 * check has failed twice, since Pebble's checks begin as up.
 */
export async function everyConnectionServed(
  simulation: Simulation,
  connections: number,
  seconds: number,
): Promise<void> {
  await eventually(
    `${connections} of ${connections} connections that reach a ready Mimir`,
    async () => {
      const asked = Array.from({ length: connections }, () => simulation.http('/ready'));
      const answers = await Promise.all(asked);
      return answers.every(({ status }) => status === 200) ? true : undefined;
    },
    seconds,
  );
}

/** Values of an instant query, by their order in the answer. */
export async function query(simulation: Simulation, promql: string): Promise<readonly string[]> {
  const answer = await answerOf(simulation, `/prometheus/api/v1/query?query=${encodeURIComponent(promql)}`);
  if (answer.status !== 200) throw new Error(`cannot query ${promql}: ${answer.status} ${answer.text}`);
  return matrix.parse(JSON.parse(answer.text)).data.result.map(({ value }) => value[1]);
}

/** Rule groups that Mimir's ruler holds, as YAML. */
export async function rules(simulation: Simulation): Promise<string> {
  return (await answerOf(simulation, '/prometheus/config/v1/rules')).text;
}

/** A rule file with one alert in a group. */
export function alertFile(group: string, alert: string, expr = 'vector(1)'): string {
  return `groups:\n- name: ${group}\n  interval: 2s\n  rules:\n  - alert: ${alert}\n    expr: ${expr}\n`;
}
