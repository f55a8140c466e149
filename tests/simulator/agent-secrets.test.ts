import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';

let juju: LocalJuju;

beforeAll(async () => {
  juju = await startLocalJuju();
  await juju.deploy({ units: 2 });
  await juju.deploy({ application: 'reader' });
  await juju.request({ command: 'integrate', endpoints: ['recorder:db', 'reader:db-client'] });
  await juju.idle();
});

afterAll(async () => {
  await juju.close();
  expect(juju.failures).toEqual([]);
});

const end = z.object({ code: z.number() });
const [owner, other, reader] = ['recorder/0', 'recorder/1', 'reader/0'];

/** Runs a script as `juju exec` does. */
async function exec(unit: string, script: string) {
  const output = { stdout: '', stderr: '' };
  const result = await juju.request({ command: 'exec', unit, argv: ['/bin/sh', '-c', script] }, (line) => {
    if (line.kind === 'output') output[line.stream] += line.text;
  });
  return { ...output, code: end.parse(result).code };
}

async function addSecret(flags = ''): Promise<string> {
  const { stdout } = await exec(owner, `secret-add password=first ${flags}`);
  return stdout.trim();
}

async function granted(secret: string): Promise<void> {
  await exec(owner, `secret-grant ${secret} -r "$(relation-ids db)"`);
}

test('a secret has a URI at once, and its texts are read as YAML, as JSON, by key, and as base64', async () => {
  const { stdout, stderr } = await exec(
    owner,
    [
      'id=$(secret-add password=hunter2 cert#base64=AAECAw== --label db)',
      'echo $id',
      'secret-get $id password',
      'secret-get $id cert#base64',
      'secret-get $id --format=json | head -c 12',
    ].join('\n'),
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^secret:[0-9a-v]{20}\nhunter2\nAAECAw==\n\{"password":$/);
  expect((await exec(owner, 'secret-get --label db --format=json')).stdout).toMatch(/"password":"hunter2"/);
});

test('texts may come from a file for each, or from one of YAML', async () => {
  const { stdout, stderr } = await exec(
    owner,
    [
      'cd "$CHARM_DIR"; printf "two\\nlines" > text; echo "name: me" > all.yaml',
      'id=$(secret-add text#file=text --file all.yaml)',
      'secret-get $id --format=json',
    ].join('\n'),
  );
  expect({ stdout, stderr }).toEqual({ stdout: '{"name":"me","text":"two\\nlines"}\n', stderr: '' });
});

test('a reader needs the grant, keeps its revision until it refreshes, and is told of a new one', async () => {
  const secret = await addSecret();
  expect(await exec(reader, `secret-get ${secret}`)).toMatchObject({
    code: 1,
    stderr: 'ERROR permission denied\n',
  });
  await granted(secret);
  expect((await exec(reader, `secret-get ${secret} --label mine`)).stdout).toBe('password: first\n');
  await exec(owner, `secret-set ${secret} password=second`);
  await juju.idle();
  expect(await juju.hooks(reader)).toContain('secret-changed');
  const read = 'secret-get --label mine';
  const { stdout } = await exec(reader, `${read}; ${read} --peek; ${read}; ${read} --refresh; ${read}`);
  expect(stdout).toBe(
    ['first', 'second', 'first', 'second', 'second'].map((text) => `password: ${text}\n`).join(''),
  );
});

test('a hook sees what it set only by --peek or --refresh, and what it added at once', async () => {
  const secret = await addSecret();
  const script = [
    `secret-set ${secret} password=second`,
    `secret-get ${secret} password; secret-get ${secret} password --peek`,
    'secret-get $(secret-add token=new) token',
  ].join('\n');
  expect((await exec(owner, script)).stdout).toBe('first\nsecond\nnew\n');
});

test('several calls about one secret make one revision', async () => {
  const secret = await addSecret();
  await exec(owner, `secret-set ${secret} password=a; secret-set ${secret} password=b --label late`);
  const { stdout } = await exec(owner, 'secret-info-get --label late --format=json');
  expect(JSON.parse(stdout)).toEqual({
    [secret.slice('secret:'.length)]: {
      ...{ revision: 2, label: 'late', owner: 'application', rotation: 'never' },
    },
  });
});

test('what a failed command did to secrets is dropped', async () => {
  const before = (await exec(owner, 'secret-ids | sort')).stdout;
  await exec(owner, 'secret-add password=x; exit 3');
  expect((await exec(owner, 'secret-ids | sort')).stdout).toBe(before);
});

test('a change of a secret that is not there succeeds as a tool and fails the hook', async () => {
  const wrong = 'secret-set secret:9m4e2mr0ui3e8a215n4g password=x';
  await juju.request({ command: 'config', application: 'reader', set: { script: wrong } });
  const failed = async () => (await juju.log('secret "9m4e2mr0ui3e8a215n4g" not found'))[0];
  while ((await failed()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await failed()).toContain('committing requested changes failed');
  await juju.request({ command: 'config', application: 'reader', set: { script: '' } });
  await juju.idle();
});

test('secrets of an application are its leader’s to change, and all its units’ to read', async () => {
  const secret = await addSecret('--label shared');
  const refused = { code: 1, stderr: 'ERROR this unit is not the leader\n' };
  expect(await exec(other, 'secret-add password=x')).toMatchObject(refused);
  expect(await exec(other, `secret-set ${secret} password=x`)).toMatchObject(refused);
  expect(await exec(other, `secret-grant ${secret} -r "$(relation-ids db)"`)).toMatchObject(refused);
  expect((await exec(other, 'secret-get --label shared')).stdout).toBe('password: first\n');
  expect((await exec(other, 'secret-ids --format=json')).stdout).toBe('null\n');
  const own = await exec(other, 'secret-add password=mine --owner unit');
  expect(`secret:${(await exec(other, 'secret-ids')).stdout}`).toBe(own.stdout);
});

test('a grant is shown, may be for one unit, is not mixed, and may be taken back', async () => {
  const secret = await addSecret();
  const grant = `secret-grant ${secret} -r "$(relation-ids db)"`;
  await exec(owner, `${grant} --unit reader/0`);
  const mixed = 'ERROR any unit level grants need to be revoked before granting access to the corresponding';
  expect((await exec(owner, grant)).stderr).toContain(mixed);
  const access = await exec(owner, `secret-info-get ${secret} --format=json`);
  expect(access.stdout).toMatch(
    /"access":\[\{"target":"unit-reader-0","scope":"relation-[^"]+","role":"view"\}\]/,
  );
  await exec(owner, `secret-revoke ${secret} --unit reader/0`);
  expect((await exec(reader, `secret-get ${secret}`)).stderr).toBe('ERROR permission denied\n');
});

test('an owner is told of its expired secret, and of an old revision that nobody tracks', async () => {
  const secret = await addSecret('--expire 1s --label short');
  await exec(owner, `secret-set ${secret} password=second`);
  const told = async () => {
    const hooks = await juju.hooks(owner);
    return hooks.includes('secret-expired') && hooks.includes('secret-remove');
  };
  while (!(await told())) await new Promise((resolve) => setTimeout(resolve, 50));
  await exec(owner, `secret-remove ${secret}`);
  expect((await exec(owner, `secret-get ${secret}`)).stderr).toBe(
    `ERROR secret "${secret.slice('secret:'.length)}" not found\n`,
  );
});

test('a secret of the user is read once it is granted, and its update is told', async () => {
  const uri = String(await juju.request({ command: 'add-secret', name: 'cert', content: { chain: 'a' } }));
  expect((await exec(other, `secret-get ${uri}`)).stderr).toBe('ERROR permission denied\n');
  await juju.request({ command: 'grant-secret', secret: 'cert', applications: ['recorder'] });
  expect((await exec(other, `secret-get ${uri} chain`)).stdout).toBe('a\n');
  await juju.request({ command: 'update-secret', secret: 'cert', content: { chain: 'b' } });
  await juju.idle();
  expect(await juju.hooks(other)).toContain('secret-changed');
  expect((await exec(other, `secret-get ${uri} chain --refresh`)).stdout).toBe('b\n');
  const short = { command: 'add-secret', name: 'x', content: { ab: 'x' } } as const;
  await expect(async () => juju.request(short)).rejects.toThrow('three or more');
});

const id = 'secret:9m4e2mr0ui3e8a215n4g';

test.each([
  ['secret-add', 2, 'missing secret value or filename'],
  ['secret-add ab=x', 2, 'key "ab" not valid'],
  ['secret-add pass--word=x', 2, 'key "pass--word" not valid'],
  ['secret-add pass-=x', 2, 'key "pass-" not valid'],
  ['secret-add password', 2, 'expected "key=value", got "password"'],
  ['secret-add password=x --rotate often', 2, 'rotate policy "often" not valid'],
  ['secret-add password=x --expire soon', 2, 'expire time or duration "soon" not valid'],
  ['secret-add password=x --owner me', 2, 'secret owner "me" not valid'],
  ['secret-set', 2, 'missing secret URI'],
  ['secret-get', 2, 'require either a secret URI or label'],
  [`secret-get ${id} --peek --refresh`, 2, 'specify one of --peek or --refresh but not both'],
  ['secret-get secret:x', 2, 'secret URI "secret:x" not valid'],
  [`secret-get ${id}`, 1, 'secret "9m4e2mr0ui3e8a215n4g" not found'],
  ['secret-get --label x', 1, 'consumer label "x" not found'],
  ['secret-get $(secret-add password=x) key', 1, 'secret key value "key" not found'],
  [`secret-info-get ${id}`, 1, 'secret "9m4e2mr0ui3e8a215n4g" not found'],
  ['secret-info-get --label x', 1, 'secret "x" not found'],
  ['secret-grant', 2, 'missing secret URI'],
  [`secret-grant ${id}`, 2, 'no relation id specified'],
  [`secret-grant ${id} -r "$(relation-ids db)"`, 1, 'secret "9m4e2mr0ui3e8a215n4g" not found'],
  [
    `secret-grant ${id} -r "$(relation-ids db)" --unit recorder/1`,
    2,
    'cannot specify unit "recorder/1" in relation to application "reader"',
  ],
  [`secret-revoke ${id}`, 2, 'missing relation or application or unit'],
  [`secret-revoke ${id} --app a --unit a/0`, 2, 'specify only one of application or unit'],
  [`secret-revoke ${id} -r 1 --app a`, 2, 'do not specify both relation and app'],
  ['secret-remove', 2, 'missing secret URI'],
])('%s is refused with code %i', async (script, code, message) => {
  expect(await exec(owner, script)).toEqual({ code, stderr: `ERROR ${message}\n`, stdout: '' });
});
