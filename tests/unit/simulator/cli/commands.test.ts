import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SimulatorError } from '../../../../src/simulator/client.ts';
import { commands } from '../../../../src/simulator/cli/commands.ts';
import { runCli } from './run-cli.ts';

describe('commands that change the model', () => {
  it.each([
    ['integrate a:x b', { command: 'integrate', endpoints: ['a:x', 'b'] }],
    ['relate a b', { command: 'integrate', endpoints: ['a', 'b'] }],
    ['add-relation mimir-k8s grafana-k8s', { command: 'integrate', endpoints: ['mimir-k8s', 'grafana-k8s'] }],
    ['remove-relation a b:y', { command: 'remove-relation', endpoints: ['a', 'b:y'] }],
    ['remove-relation 7', { command: 'remove-relation', endpoints: ['7'] }],
    ['config a k=v l=w', { command: 'config', application: 'a', set: { k: 'v', l: 'w' }, reset: [] }],
    [
      'config a --reset k,l --reset m',
      { command: 'config', application: 'a', set: {}, reset: ['k', 'l', 'm'] },
    ],
    ['scale-application a 3', { command: 'scale-application', application: 'a', units: 3 }],
    ['remove-application a --no-prompt', { command: 'remove-application', application: 'a' }],
    [
      'fire a/0 update-status X=1',
      { command: 'fire', unit: 'a/0', hook: 'update-status', environment: { X: '1' } },
    ],
    ['resolved a/0', { command: 'resolved', unit: 'a/0', retry: true }],
    ['resolved a/0 --no-retry', { command: 'resolved', unit: 'a/0', retry: false }],
    ['set-leader a/1', { command: 'set-leader', unit: 'a/1' }],
    ['update-secret s key=v', { command: 'update-secret', secret: 's', content: { key: 'v' } }],
    ['grant-secret s a,b', { command: 'grant-secret', secret: 's', applications: ['a', 'b'] }],
    ['wait-for-idle --timeout 2m', { command: 'wait-idle', timeoutMs: 120_000 }],
    ['down', { command: 'down' }],
  ])('%s', async (line, call) => {
    const { code, calls } = await runCli(line.split(' '));
    expect({ code, calls }).toEqual({ code: 0, calls: [call] });
  });

  it.each([
    ['kill a/0 pod', { kind: 'pod' }],
    ['kill a/0 node', { kind: 'node' }],
    ['kill a/0 node --away 20s', { kind: 'node', awayMs: 20_000 }],
    ['kill a/0 container mimir', { kind: 'container', container: 'mimir' }],
    [
      'kill a/0 process mimir mimir',
      { kind: 'process', container: 'mimir', name: 'mimir', signal: 'SIGKILL' },
    ],
    [
      'kill a/0 process mimir mimir --signal SIGTERM',
      { kind: 'process', container: 'mimir', name: 'mimir', signal: 'SIGTERM' },
    ],
    ['kill a/0 dispatch 3', { kind: 'dispatch', call: 3 }],
    ['kill a/0 dispatch 3 --hook start', { kind: 'dispatch', call: 3, hook: 'start' }],
  ])('%s', async (line, target) => {
    expect((await runCli(line.split(' '))).calls).toEqual([{ command: 'kill', unit: 'a/0', target }]);
  });
});

describe('networks', () => {
  it.each(['cut-network', 'mend-network'])('%s names the unit', async (command) => {
    expect((await runCli([command, 'a/0'])).calls).toEqual([{ command, unit: 'a/0' }]);
    expect((await runCli([command])).stderr).toBe('ERROR no unit specified\n');
  });
});

describe('config', () => {
  const answer = () => ({ application: 'a', settings: { k: { value: 'v\nw' }, unset: { type: 'string' } } });

  it('prints the options as YAML', async () => {
    const { stdout } = await runCli(['config', 'a'], { answer });
    expect(stdout).toContain('application: a\nsettings:\n  k:\n');
  });

  it('prints the value of one option alone', async () => {
    expect((await runCli(['config', 'a', 'k'], { answer })).stdout).toBe('v\nw\n');
    expect((await runCli(['config', 'a', 'unset'], { answer })).stdout).toBe('\n');
  });

  it('refuses an option that the charm does not have', async () => {
    const { code, stderr } = await runCli(['config', 'a', 'x'], { answer });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'ERROR key "x" not found in "a" settings.\n' });
  });
});

describe('run', () => {
  const completed = () => ({
    id: '2',
    status: 'completed',
    results: { 'return-code': 0, timestamp: '17', note: 'x: y' },
    timing: { completed: 'now' },
  });

  it('sends parameters as YAML values and prints the results of the charm', async () => {
    const { code, stdout, calls } = await runCli(['run', 'a/0', 'send', 'value=1.5'], { answer: completed });
    expect(calls).toEqual([{ command: 'run', unit: 'a/0', action: 'send', parameters: { value: 1.5 } }]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "timestamp: '17'\nnote: 'x: y'\n" });
  });

  it('prints the task as JSON by unit, as Juju does', async () => {
    const { stdout } = await runCli(['run', 'a/0', 'send', '--format', 'json'], { answer: completed });
    expect(JSON.parse(stdout)).toEqual({ 'a/0': completed() });
  });

  it.each([['--wait'], ['--wait=2m']])('accepts %s of Juju 2.9', async (wait) => {
    const { stdout } = await runCli(['run-action', 'g-k8s/0', 'get-admin-password', wait], {
      answer: completed,
    });
    expect(stdout).toMatch(/^unit-g-k8s-0:\n {2}UnitId: g-k8s\/0\n {2}id: '2'\n/);
  });

  it('ends with 1 and says why if the action failed', async () => {
    const answer = () => ({ id: 7, status: 'failed', message: 'no URL', results: { 'return-code': 0 } });
    expect(await runCli(['run', 'a/0', 'send'], { answer })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'ERROR the following task failed:\n - id "7" with return code 0: no URL\n',
    });
  });

  it('prints what the action wrote to its standard streams as it is', async () => {
    const results = { 'return-code': 0, stdout: 'a: b\n', stderr: 'warning\n', key: 'v' };
    const answer = () => ({ id: '2', status: 'completed', results });
    expect(await runCli(['run', 'a/0', 'send'], { answer })).toMatchObject({
      stdout: 'a: b\nkey: v\n',
      stderr: 'warning\n',
    });
  });

  it('shows the log of the action while it runs', async () => {
    const lines = [{ kind: 'log', line: 'half way' } as const];
    expect((await runCli(['run', 'a/0', 'send'], { answer: completed, lines })).stdout).toMatch(
      /^half way\n/,
    );
  });
});

describe('exec and ssh', () => {
  const lines = [
    { kind: 'output', stream: 'stdout', text: 'out' },
    { kind: 'output', stream: 'stderr', text: 'err' },
  ] as const;

  it('pass output through and end as the command did', async () => {
    const argv = ['exec', '--unit', 'a/0', '--container', 'mimir', '--', 'sh', '-c', 'exit 3'];
    expect(await runCli(argv, { lines, answer: () => ({ code: 3 }) })).toEqual({
      code: 3,
      stdout: 'out',
      stderr: 'err',
      calls: [{ command: 'exec', unit: 'a/0', container: 'mimir', argv: ['sh', '-c', 'exit 3'] }],
    });
  });

  it('leave the options of the command alone', async () => {
    const call = { command: 'exec', unit: 'a/0', container: 'c', argv: ['ls', '-l', '--help'] };
    for (const line of [
      'ssh --container c a/0 ls -l --help',
      'exec --container c --unit a/0 -- ls -l --help',
    ]) {
      expect((await runCli(line.split(' '), { answer: () => ({ code: 0 }) })).calls).toEqual([call]);
    }
  });

  it.each([
    [{ code: -1, signal: 'SIGKILL' }, 137],
    [{ code: -1 }, 127],
  ])('end as a shell does for a command that ended as %j', async (end, code) => {
    expect((await runCli(['ssh', 'a/0', 'x'], { answer: () => end })).code).toBe(code);
  });

  it('run in the charm container if none is named', async () => {
    const { calls } = await runCli(['ssh', 'a/0', 'status-get'], { answer: () => ({ code: 0 }) });
    expect(calls).toEqual([{ command: 'exec', unit: 'a/0', container: 'charm', argv: ['status-get'] }]);
  });
});

describe('exec in the charm container', () => {
  const argvOf = async (...words: string[]) => {
    const { calls } = await runCli(['exec', '--unit', 'a/0', '--', ...words], {
      answer: () => ({ code: 0 }),
    });
    const [call] = calls;
    if (typeof call !== 'object' || call.command !== 'exec') throw new Error('nothing was executed');
    return call.argv;
  };
  const outputOf = async (...words: string[]) => {
    const [file = '', ...args] = await argvOf(...words);
    return execFileSync(file, args, { encoding: 'utf8' });
  };

  it('joins its words and gives them to a shell, as Juju does', async () => {
    expect(await outputOf('echo one; echo "two  words"')).toBe('one\ntwo  words\n');
    expect(await outputOf('echo', '$((1 + 2))', '&& echo', 'x  y')).toBe('3\nx y\n');
    expect(await outputOf('echo $BASH | grep -c bash || true')).toBe(existsSync('/bin/bash') ? '1\n' : '0\n');
  });

  it('ends as the command did', async () => {
    await expect(outputOf('exit 3')).rejects.toMatchObject({ status: 3 });
  });
});

describe('the leader’s unit', () => {
  const status = (leader: string) => ({
    model: { name: 'm', controller: 'c', cloud: 'k', version: '3' },
    applications: {
      a: {
        ...{ charm: 'a', 'application-status': { current: 'active' } },
        units: Object.fromEntries(
          ['a/0', 'a/1'].map((unit) => [
            unit,
            {
              ...{ 'workload-status': { current: 'active' }, 'juju-status': { current: 'idle' } },
              ...(unit === leader && { leader: true }),
            },
          ]),
        ),
      },
    },
  });
  const daemon = (leader: string) => (call: { command: string }) =>
    call.command === 'status' ? status(leader) : { id: 1, status: 'completed', results: {}, code: 0 };

  it.each([
    [['run', 'a/leader', 'send'], { command: 'run', unit: 'a/1', action: 'send', parameters: {} }],
    [
      ['exec', '--unit', 'a/leader', '--container', 'c', '--', 'ls'],
      { command: 'exec', unit: 'a/1', container: 'c', argv: ['ls'] },
    ],
  ])('is found by %j', async (argv, call) => {
    const { calls } = await runCli(argv, { answer: daemon('a/1') });
    expect(calls).toEqual([{ command: 'status' }, call]);
  });

  it.each(['a', 'b'])('is an error if there is none: %s', async (application) => {
    const { code, stderr } = await runCli(['run', `${application}/leader`, 'send'], { answer: daemon('') });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `ERROR could not determine leader for "${application}"\n`,
    });
  });
});

describe('run --params', () => {
  const completed = () => ({ id: 1, status: 'completed', results: {} });

  it('reads a YAML map, which arguments go before', async () => {
    const workingFolder = mkdtempSync(join(tmpdir(), 'params-'));
    writeFileSync(join(workingFolder, 'p.yaml'), 'a: { b: 1, c: 2 }\nd: x\n');
    const { calls } = await runCli(['run', 'a/0', 'send', '--params', 'p.yaml', 'a.b=3'], {
      ...{ workingFolder, answer: completed },
    });
    rmSync(workingFolder, { recursive: true });
    expect(calls).toMatchObject([{ parameters: { a: { b: 3, c: 2 }, d: 'x' } }]);
  });

  it('says which file cannot be read', async () => {
    const { code, stderr } = await runCli(['run', 'a/0', 'send', '--params', 'none.yaml']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR cannot read parameters from file "\/none.yaml": ENOENT/);
  });

  it('refuses to run in the background', async () => {
    const { code, stderr, calls } = await runCli(['run', 'a/0', 'send', '--background']);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(stderr).toMatch(/^ERROR Unknown option '--background'/);
  });
});

describe('errors', () => {
  it.each([
    ['integrate a', 'an integration must involve two applications'],
    ['exec ls', 'You must specify a target, --unit'],
    ['exec --unit a/0', 'no commands specified'],
    ['run a send', 'invalid unit name "a"'],
    ['run a/0', 'no action specified'],
    ['run a/0 send --format xml', 'invalid value "xml" for option --format: unknown format "xml"'],
    ['scale-application a', 'no scale specified'],
    ['status x', 'unrecognized args: ["x"]'],
    ['kill a/0 unit', 'cannot kill a "unit": there are process, container, pod, node and dispatch'],
    ['kill a/0 dispatch 0', 'the call to kill at is a number from 1'],
    ['bogus', 'juju-sim: "bogus" is not a juju-sim command. See "juju-sim help".'],
    ['deploy', 'no charm specified'],
    ['add-secret', 'no secret name specified'],
    ['add-secret s', 'missing secret value or filename'],
    ['grant-secret s', 'no application specified'],
    ['refresh a', 'nothing to refresh with: name --path or --resource'],
    ['resolved', 'no unit specified'],
    ['debug-log -n x', 'invalid number of lines "x"'],
  ])('of usage end with 2 before anything is asked: %s', async (line, message) => {
    expect(await runCli(line.split(' '))).toEqual({
      code: 2,
      stdout: '',
      stderr: `ERROR ${message}\n`,
      calls: [],
    });
  });

  it('in an unknown option end with 2', async () => {
    const { code, stderr } = await runCli(['status', '--bogus']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ERROR Unknown option '--bogus'/);
  });

  it('of the daemon end with 1, in its words', async () => {
    const answer = () => {
      throw new SimulatorError('integrate', 'application "b" not found');
    };
    const { code, stderr } = await runCli(['integrate', 'a', 'b'], { answer });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'ERROR application "b" not found\n' });
  });

  it('that no one expects are thrown on', async () => {
    const answer = () => {
      throw new RangeError('a defect');
    };
    await expect(runCli(['status'], { answer })).rejects.toThrow('a defect');
  });
});

describe('help', () => {
  it.each([['help'], ['--help'], []])('lists every command', async (...argv) => {
    const { code, stdout } = await runCli(argv);
    expect(code).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}(\S+) +(.*)$/gm)].map(([, name, summary]) => ({
      name,
      summary,
    }));
    expect(listed).toEqual(commands.map(({ name, summary }) => ({ name, summary })));
  });

  it.each([
    ['help', 'relate'],
    ['integrate', '--help'],
  ])('explains one command: %s %s', async (...argv) => {
    expect((await runCli(argv)).stdout).toBe(
      'Usage: juju-sim integrate APPLICATION[:ENDPOINT] APPLICATION[:ENDPOINT]\n\n' +
        'Integrates two applications.\n\nAlso: relate, add-relation\n',
    );
  });
});
