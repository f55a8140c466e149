import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

/** What a tool, with these arguments if they are given, answers. */
export interface Rule {
  readonly tool: string;
  readonly args?: readonly string[];
  readonly code?: number;
  readonly stdout?: string;
  /** How many times `stdout` is written. */
  readonly repeat?: number;
  readonly stderr?: string;
  /** The agent refuses the request in these words. */
  readonly error?: string;
  readonly needsStdin?: boolean;
  /** How long the tool takes. */
  readonly delayMs?: number;
}

const recordedCall = z.object({
  tool: z.string(),
  args: z.array(z.string()),
  stdin: z.string(),
  stdinSet: z.boolean(),
  contextId: z.string(),
  dir: z.string(),
  /** What `--file` named, read while the tool ran. */
  file: z
    .object({ content: z.record(z.string(), z.string()), mode: z.string(), folderMode: z.string() })
    .nullable(),
});
const recorded = z.union([recordedCall, z.object({ closed: z.literal(true) })]);

/** A call as the other side saw it. */
export type RecordedCall = z.infer<typeof recordedCall>;

/** Names that Juju's binary goes by. */
const toolNames = [
  ...['action-fail', 'action-get', 'action-log', 'action-set', 'application-version-set', 'close-port'],
  ...['config-get', 'goal-state', 'is-leader', 'juju-log', 'network-get', 'open-port', 'opened-ports'],
  ...['relation-get', 'relation-ids', 'relation-list', 'relation-model-get', 'relation-set', 'resource-get'],
  ...['secret-add', 'secret-get', 'secret-grant', 'secret-ids', 'secret-info-get', 'secret-remove'],
  ...['secret-revoke', 'secret-set', 'state-delete', 'state-get', 'state-set', 'status-get', 'status-set'],
  ...['storage-add', 'storage-get', 'storage-list', 'unit-get'],
];

/** A folder with the Go program, which is also there by the name of each hook tool in `tools/`. */
export interface Workshop {
  readonly folder: string;
  readonly binary: string;
  /** A file in the folder that no one else uses. */
  file(name: string): string;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/** Builds the Go program into a new folder. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'jujuc-'));
  const binary = join(folder, 'jujuc-server');
  await promisify(execFile)('go', ['build', '-o', binary, '.'], {
    cwd: fileURLToPath(new URL('jujuc-server', import.meta.url)),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
  });
  await Promise.all(toolNames.map((name) => symlink(binary, join(folder, name))));
  let files = 0;
  return {
    folder,
    binary,
    file: (name) => join(folder, `${(files += 1)}-${name}`),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** A script on disk, and the record of what was asked under it. */
export interface Scene {
  readonly script: string;
  readonly record: string;
  calls(): Promise<readonly RecordedCall[]>;
  /** How many connections were closed by their other side. */
  closed(): Promise<number>;
}

/** Writes a script. */
export async function writeScene(workshop: Workshop, rules: readonly Rule[]): Promise<Scene> {
  const script = workshop.file('script.json');
  const record = workshop.file('record.jsonl');
  await writeFile(script, JSON.stringify(rules));
  await writeFile(record, '');
  const read = async () => {
    const lines = (await readFile(record, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => recorded.parse(JSON.parse(line)));
  };
  return {
    script,
    record,
    calls: async () => (await read()).filter((entry) => 'tool' in entry),
    closed: async () => (await read()).filter((entry) => 'closed' in entry).length,
  };
}

/** A running agent. */
export interface Agent {
  readonly address: string;
  stop(): Promise<void>;
}

/** Waits until `probe` says `expected`; tells what it said last if it does not in 5 s. */
export async function eventually<T>(expected: T, probe: () => Promise<T>): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (let value = await probe(); value !== expected; value = await probe()) {
    if (Date.now() > deadline) throw new Error(`expected ${String(expected)}, but it stays ${String(value)}`);
    await sleep(10);
  }
}

/** Starts Go's agent; `flags` are those of the program. */
export async function startAgent(
  workshop: Workshop,
  scene: Scene,
  {
    address = workshop.file('agent.socket'),
    flags = [],
  }: { address?: string; flags?: readonly string[] } = {},
): Promise<Agent> {
  const args = ['serve', ...flags, address, scene.script, scene.record];
  const agent = spawn(workshop.binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(agent.stdout, 'data');
  return {
    address,
    stop: async () => {
      const exit = once(agent, 'exit');
      agent.kill();
      await exit;
    },
  };
}
