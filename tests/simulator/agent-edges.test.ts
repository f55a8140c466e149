import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { pebbleBinary } from '../support/binaries.ts';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';

let juju: LocalJuju;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edges-'));
  juju = await startLocalJuju();
});

afterEach(async () => {
  await juju.close();
  await rm(folder, { recursive: true, force: true });
  expect(juju.failures).toEqual([]);
});

const deployed = async (...applications: readonly string[]) => {
  for (const application of applications) await juju.deploy({ application });
  await juju.idle();
};
const script = (text: string) =>
  juju.request({ command: 'config', application: 'recorder', set: { script: text } });

/** Runs a script as `juju exec` does, and returns what it wrote. */
async function exec(text: string, unit = 'recorder/0'): Promise<string> {
  let stdout = '';
  await juju.request({ command: 'exec', unit, argv: ['/bin/sh', '-c', text] }, (line) => {
    if (line.kind === 'output' && line.stream === 'stdout') stdout += line.text;
  });
  return stdout;
}

/** A place where a script waits until the test lets it go on. */
function gate(name: string) {
  const [reached, open] = [join(folder, `${name}.reached`), join(folder, `${name}.open`)];
  return {
    script: `touch ${reached}; while ! test -e ${open}; do sleep 0.02; done`,
    reached: async () => {
      while (!existsSync(reached)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    open: () => writeFile(open, ''),
  };
}

describe('deploying', () => {
  test('refuses a name that is a path before it touches any folder', async () => {
    const victim = join(folder, '0');
    await mkdir(victim);
    await writeFile(join(victim, 'precious'), '');
    const application = `${'../'.repeat(12)}${relative('/', folder)}`;
    await expect(juju.deploy({ application })).rejects.toThrow('invalid application name');
    expect(existsSync(join(victim, 'precious'))).toBe(true);
  });

  test('refuses a name that is taken and keeps the charm that is deployed under it', async () => {
    await deployed('recorder');
    await expect(juju.deploy({ charm: 'grafana', application: 'recorder' })).rejects.toThrow(
      'already exists',
    );
    await juju.request({ command: 'kill', unit: 'recorder/0', target: { kind: 'pod' } });
    await juju.idle();
    expect(await exec('ls "$CHARM_DIR"')).toContain('dispatch');
    expect((await juju.hooks('recorder/0')).slice(-3)).toContain('start');
  });
});

describe('events of a container', () => {
  test('a notice whose hook fails is told again, and pebble-ready does not come in its place', async () => {
    await deployed('recorder');
    const once = `test -e "${folder}/tried" || { touch "${folder}/tried"; exit 1; }`;
    await script(`case $JUJU_DISPATCH_PATH in *custom-notice) ${once} ;; esac`);
    await juju.idle();
    const before = (await juju.hooks('recorder/0')).length;
    await promisify(execFile)(pebbleBinary(), ['notify', 'example.com/x'], {
      env: { PEBBLE_SOCKET: juju.cluster.pebbleSocket('recorder-0', 'workload') },
    });
    await juju.idle();
    expect(await juju.log('hook "workload-pebble-custom-notice"')).toHaveLength(1);
    expect((await juju.hooks('recorder/0')).slice(before)).toEqual(['workload-pebble-custom-notice']);
  });
});

describe('a pod that cannot start', () => {
  const breakPods = () => {
    const whole = { ...juju.cluster };
    Object.assign(juju.cluster, { createPod: () => Promise.reject(new Error('cannot pull image "x"')) });
    return () => Object.assign(juju.cluster, whole);
  };

  test('is why waiting is refused, and an application deployed anew under its name starts', async () => {
    const mend = breakPods();
    await juju.deploy();
    await expect(juju.idle()).rejects.toThrow('recorder/0: cannot pull image "x"');
    await juju.request({ command: 'remove-application', application: 'recorder' });
    mend();
    await deployed('recorder');
    expect((await juju.unit('recorder/0'))['workload-status'].current).toBe('active');
  });

  test('does not keep a unit that was installed before from going', async () => {
    await deployed('recorder');
    const mend = breakPods();
    await juju.request({ command: 'kill', unit: 'recorder/0', target: { kind: 'pod' } });
    await expect(juju.idle()).rejects.toThrow('cannot pull image "x"');
    await juju.request({ command: 'remove-application', application: 'recorder' });
    await juju.idle();
    mend();
    await deployed('recorder');
    expect((await juju.unit('recorder/0'))['workload-status'].current).toBe('active');
  });
});

describe('closing', () => {
  test('starts no pod again for what a dispatch that is cut off leaves', async () => {
    await deployed('recorder');
    const waiting = gate('closing');
    void exec(waiting.script);
    await waiting.reached();
    let pods = 0;
    Object.assign(juju.cluster, { createPod: () => Promise.resolve((pods += 1)) });
    await juju.close();
    await vi.waitFor(async () => {
      expect(await juju.log('hook "run-commands" was terminated')).toHaveLength(1);
    });
    expect(pods).toBe(0);
  });
});

describe('a dispatch', () => {
  test('ends when its process does, though a child of its own still holds its output', async () => {
    await deployed('recorder');
    const began = Date.now();
    const pid = Number(await exec('sleep 30 & echo $!'));
    expect(Date.now() - began).toBeLessThan(10_000);
    process.kill(pid);
  });

  test('sees no relation that was made after it began', async () => {
    await deployed('recorder', 'other');
    const waiting = gate('relation');
    const seen = exec(`${waiting.script}; relation-ids db; relation-list -r db:2 2>&1`);
    await waiting.reached();
    await juju.request({ command: 'integrate', endpoints: ['recorder:db', 'other:db-client'] });
    await waiting.open();
    expect(await seen).toContain('relation not found');
    await juju.idle();
    expect(await exec('relation-ids db')).toBe('db:2\n');
    const hooks = (await juju.hooks('recorder/0')).filter((hook) => hook.startsWith('db-'));
    expect(hooks).toEqual(['db-relation-created', 'db-relation-joined', 'db-relation-changed']);
  });

  test('reads of a remote unit what the last hook about it showed, and of an application what is new', async () => {
    await deployed('recorder', 'other');
    await juju.request({ command: 'integrate', endpoints: ['recorder:db', 'other:db-client'] });
    await juju.idle();
    const write = (value: string) =>
      exec(`relation-set -r 2 a=${value}; relation-set --app -r 2 a=${value}`, 'other/0');
    const read = 'relation-get -r 2 a other/0; relation-get --app -r 2 a other';
    await write('old');
    await juju.idle();
    expect(await exec(read)).toBe('old\nold\n');
    const waiting = gate('bag');
    const first = exec(waiting.script);
    await waiting.reached();
    const second = exec(read);
    await write('new');
    await waiting.open();
    await first;
    expect(await second).toBe('old\nnew\n');
    await juju.idle();
    expect(await exec(read)).toBe('new\nnew\n');
  });

  test('of a charm without metadata is an error: the charm is missing from disk', async () => {
    await deployed('recorder');
    await exec('rm "$CHARM_DIR/metadata.yaml"');
    await script('true');
    await vi.waitFor(async () => {
      expect((await juju.unit('recorder/0'))['workload-status'].current).toBe('error');
    });
    expect((await juju.log('charm missing from disk')).length).toBeGreaterThan(0);
  });
});

describe('an action', () => {
  const run = (action: string, parameters: Record<string, unknown> = {}) =>
    juju.request({ command: 'run', unit: 'recorder/0', action, parameters });

  test('that fills a bag past Juju’s quota fails, also when only the sum of several is too large', async () => {
    await deployed('recorder');
    expect(await run('fill', { key: 'a' })).toMatchObject({ status: 'completed' });
    expect(await run('fill', { key: 'b' })).toMatchObject({
      status: 'failed',
      message: 'committing requested changes failed',
    });
    expect(await exec('relation-get -r friends:0 b recorder/0')).toBe('');
  });

  test('whose output is not UTF-8 has it as base64, and says so', async () => {
    await deployed('recorder');
    const { results } = z.object({ results: z.record(z.string(), z.unknown()) }).parse(await run('binary'));
    expect(results).toEqual({ 'return-code': 0, stdout: '//4=', 'stdout-encoding': 'base64', stderr: 'ü\n' });
  });
});

describe('a hook tool', () => {
  test('shows its help wherever it is asked for, but not after two dashes', async () => {
    await deployed('recorder');
    expect(await exec('relation-list --format json --help')).toContain('Usage: relation-list');
    expect(await exec('status-set active -- --help; status-get')).toBe('active\n');
  });

  test('is refused without the name of the agent’s network', async () => {
    await deployed('recorder');
    const refused = await exec('unset JUJU_AGENT_SOCKET_NETWORK; is-leader 2>&1; echo $?');
    expect(refused).toBe('ERROR JUJU_AGENT_SOCKET_NETWORK not set\n1\n');
  });
});
