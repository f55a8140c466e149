import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';

let juju: LocalJuju;

beforeAll(async () => {
  juju = await startLocalJuju();
  await juju.deploy();
  await juju.idle();
});

afterAll(async () => {
  await juju.close();
  expect(juju.failures).toEqual([]);
});

const end = z.object({ code: z.number() });

/** Runs a script as `juju exec` does. */
async function exec(script: string, unit = 'recorder/0') {
  const output = { stdout: '', stderr: '' };
  const result = await juju.request({ command: 'exec', unit, argv: ['/bin/sh', '-c', script] }, (line) => {
    if (line.kind === 'output') output[line.stream] += line.text;
  });
  return { ...output, code: end.parse(result).code };
}

test('values are printed as Juju prints them: smart, json and yaml, and nothing for what is unset', async () => {
  const script = [
    'is-leader; is-leader --format=json',
    'config-get greeting; config-get count; config-get count --format=json; config-get greeting --format yaml',
    'relation-ids friends; relation-ids friends --format json; relation-ids nothing --format=json',
    'state-get missing; state-get missing --format=json',
  ].join('\n');
  expect(await exec(script)).toEqual({
    code: 0,
    stderr: '',
    stdout: ['True', 'true', 'hello', 'null', 'hello', 'friends:0', '["friends:0"]', '[]', '""', ''].join(
      '\n',
    ),
  });
});

test.each([
  ['relation-get - recorder/0', 2, 'ERROR no relation id specified\n'],
  ['relation-list -r friends:9', 2, 'ERROR invalid value "friends:9" for option -r: relation not found\n'],
  ['relation-list -r x', 2, 'ERROR invalid value "x" for option -r: invalid relation id\n'],
  ['relation-get -r 0 - recorder', 2, 'ERROR expected unit name, got application name "recorder"\n'],
  ['relation-get -r 0 - other/0', 1, 'ERROR permission denied\n'],
  ['relation-set -r 0 novalue', 2, 'ERROR expected "key=value", got "novalue"\n'],
  [
    'status-set broken',
    2,
    'ERROR invalid status "broken", expected one of [maintenance blocked waiting active]\n',
  ],
  [
    'open-port 80-90',
    1,
    'ERROR port ranges are not supported for k8s applications, please specify a single port\n',
  ],
  ['network-get nowhere', 1, 'ERROR no network config found for binding "nowhere"\n'],
  ['action-get', 1, 'ERROR not running an action\n'],
  ['state-get --strict x', 1, 'ERROR "x" not found\n'],
  ['juju-log', 2, 'ERROR no message specified\n'],
  ['secret-get secret:9m4e2mr0ui3e8a215n4g', 1, 'ERROR secret "9m4e2mr0ui3e8a215n4g" not found\n'],
  ['config-get --nope', 2, 'ERROR option provided but not defined: --nope\n'],
])('%s is refused with code %i', async (script, code, stderr) => {
  expect(await exec(script)).toEqual({ code, stderr, stdout: '' });
});

test('what a command wrote is its own at once and everybody else’s after its success', async () => {
  const written = await exec(
    'relation-set -r 0 a=1; relation-set --app -r 0 --file - <<E\nb: "2"\nE\nrelation-get -r 0 a recorder/0; relation-get --app -r 0 b recorder',
  );
  expect(written).toEqual({ code: 0, stdout: '1\n2\n', stderr: '' });
  expect((await exec('relation-get -r 0 a recorder/0; relation-get --app -r 0 b recorder/0')).stdout).toBe(
    '1\n2\n',
  );
});

test('what a failed command wrote is dropped, but its status stays', async () => {
  const failed = await exec(
    'relation-set -r 0 c=1; state-set k=v; open-port 80; status-set blocked why; exit 7',
  );
  expect(failed.code).toBe(7);
  expect((await exec('relation-get -r 0 c recorder/0; state-get k; opened-ports')).stdout).toBe('');
  expect((await juju.unit('recorder/0'))['workload-status']).toEqual({ current: 'blocked', message: 'why' });
});

test('open ports are shown and reach the Service after the command', async () => {
  expect((await exec('open-port 9009; open-port 53/udp; opened-ports')).stdout).toBe('');
  expect((await juju.unit('recorder/0'))['open-ports']).toEqual(['53/udp', '9009/tcp']);
});

test('network-get, storage-get and goal-state answer in Juju’s shapes', async () => {
  const { stdout } = await exec(
    'network-get db --format=json; storage-get -s data/0 kind; goal-state --format json',
  );
  const [network = '', kind, goal = ''] = stdout.split('\n');
  expect(JSON.parse(network)).toMatchObject({
    'bind-addresses': [{ 'interface-name': '', addresses: [{ value: '10.1.0.1' }] }],
    'ingress-addresses': ['10.152.183.20'],
    'egress-subnets': ['10.152.183.20/32'],
  });
  expect(kind).toBe('filesystem');
  expect(JSON.parse(goal)).toMatchObject({ units: { 'recorder/0': { status: 'blocked' } }, relations: {} });
});

test('resource-get gives a file with the image, without a newline after its path', async () => {
  const { stdout } = await exec('resource-get workload-image');
  expect(stdout).toMatch(/workload-image\/content\.yaml$/);
  const content = await readFile(juju.cluster.charmPath('recorder-0', stdout), 'utf8');
  expect(content).toContain('registrypath: example.com/workload:1\n');
});

test('only the leader writes the application bag, and all peers read it', async () => {
  await juju.request({ command: 'scale-application', application: 'recorder', units: 2 });
  await juju.idle();
  await exec('relation-set --app -r 0 a=1');
  await juju.idle();
  expect(await exec('relation-set --app -r 0 a=2', 'recorder/1')).toMatchObject({
    code: 1,
    stderr: 'ERROR cannot write relation settings\n',
  });
  expect((await exec('relation-get --app -r 0 a recorder', 'recorder/1')).stdout).toBe('1\n');
});
