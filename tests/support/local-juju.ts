import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { controlRequest } from '../../src/simulator/control.ts';
import type { ControlAnswer } from '../../src/simulator/control.ts';
import { createController } from '../../src/simulator/controller/controller.ts';
import { createLocalCluster } from './local-cluster.ts';
import type { LocalCluster } from './local-cluster.ts';

type Call = z.input<typeof controlRequest>;

/** A controller over a local cluster, for tests of the simulator's agent. */
export interface LocalJuju {
  readonly cluster: LocalCluster;
  /** Errors of the simulator itself; a test that leaves some has found a bug. */
  readonly failures: readonly unknown[];
  request(call: Call, answer?: (answer: ControlAnswer) => void): Promise<unknown>;
  deploy(call?: Partial<Extract<Call, { command: 'deploy' }>>): Promise<unknown>;
  idle(): Promise<unknown>;
  /** Lines of the debug log that hold `part`. */
  log(part: string): Promise<readonly string[]>;
  /** Hooks of a unit in the order in which they succeeded. */
  hooks(unit: string): Promise<readonly string[]>;
  unit(unit: string): Promise<UnitView>;
  close(): Promise<void>;
}

const statusFields = z.object({ current: z.string(), message: z.string().default('') });
const unitView = z.looseObject({
  'workload-status': statusFields,
  'juju-status': statusFields,
  leader: z.boolean().default(false),
  'open-ports': z.array(z.string()).default([]),
});
const statusView = z.object({
  applications: z.record(z.string(), z.object({ units: z.record(z.string(), unitView) })),
});

/** A unit as `juju status` shows it. */
export type UnitView = z.infer<typeof unitView>;

const recorder = join(import.meta.dirname, '../fixtures/charms/recorder');

/** Starts one; `speed` 100 makes Juju's polls 50 ms long. */
export async function startLocalJuju(): Promise<LocalJuju> {
  const folder = await mkdtemp(join(tmpdir(), 'js-'));
  const cluster = createLocalCluster(join(folder, 'p'));
  const failures: unknown[] = [];
  const controller = createController(
    { cluster, stateFolder: join(folder, 's'), speed: 100, parallel: 2 },
    (error) => failures.push(error),
  );
  const request: LocalJuju['request'] = (call, answer = () => undefined) =>
    controller.handle(controlRequest.parse(call), { answer, gone: new AbortController().signal });
  const log = async (part: string) => {
    const lines: string[] = [];
    await request({ command: 'debug-log' }, (answer) => {
      if (answer.kind === 'log') lines.push(answer.line);
    });
    return lines.filter((line) => line.includes(part));
  };
  return {
    ...{ cluster, failures, request, log },
    deploy: (call) => request({ command: 'deploy', charm: recorder, ...call }),
    idle: () => request({ command: 'wait-idle', timeoutMs: 180_000 }),
    hooks: async (unit) =>
      (await log(`unit.${unit}.operation ran "`)).map((line) => /ran "([^"]+)"/.exec(line)?.[1] ?? ''),
    unit: async (unit) => {
      const { applications } = statusView.parse(await request({ command: 'status' }));
      const found = applications[unit.split('/')[0] ?? '']?.units[unit];
      if (found === undefined) throw new Error(`cannot find unit ${unit} in the status`);
      return found;
    },
    close: async () => {
      controller.close();
      await cluster.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
