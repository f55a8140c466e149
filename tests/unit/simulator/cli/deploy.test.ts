import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'juju-sim-deploy-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function deploy(...args: string[]) {
  return runCli(['deploy', ...args], { workingFolder: folder, stateFolder: join(folder, 'state') });
}

const call = { command: 'deploy', units: 1, config: {}, resources: {}, storage: {}, trust: false };

describe('deploying a folder', () => {
  it('starts the simulator and deploys it under its own name, with all that was asked for', async () => {
    mkdirSync(join(folder, 'charm'));
    writeFileSync(join(folder, 'charm/metadata.yaml'), 'name: mimir-k8s\n');
    writeFileSync(join(folder, 'am.yaml'), 'route: {}\n');
    const args =
      '-n 3 --config a=1 --config b=@am.yaml --resource mimir-image=grafana/mimir:latest --storage data=64M --trust';
    const { code, stderr, calls } = await deploy('./charm', ...args.split(' '), '--channel=edge');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Deploying "mimir-k8s" from local charm "mimir-k8s"\n',
    });
    expect(calls).toEqual([
      'start',
      {
        command: 'deploy',
        charm: join(folder, 'charm'),
        application: 'mimir-k8s',
        units: 3,
        config: { a: '1', b: 'route: {}\n' },
        resources: { 'mimir-image': 'grafana/mimir:latest' },
        storage: { data: '64M' },
        trust: true,
      },
    ]);
  });

  it('takes the name that the user gives', async () => {
    writeFileSync(join(folder, 'charmcraft.yaml'), 'name: x-k8s\n');
    expect((await deploy('.', 'mine')).calls[1]).toEqual({ ...call, charm: folder, application: 'mine' });
  });

  it('says what is wrong with a path, and starts nothing', async () => {
    expect(await deploy('./none.charm')).toMatchObject({
      code: 1,
      stderr: 'ERROR no charm was found at "./none.charm"\n',
      calls: [],
    });
    expect((await deploy('.')).stderr).toBe(
      'ERROR no charm was found at ".": it has no metadata.yaml with a name\n',
    );
  });
});

describe('deploying by name', () => {
  it('uses the stand-in of a charm on Charmhub, says so, and keeps the name', async () => {
    const { stderr, calls } = await deploy('grafana-agent-k8s', '--channel=edge');
    expect(stderr).toBe('Deploying "grafana-agent-k8s" from stand-in "remote-write-sender"\n');
    expect(calls[1]).toEqual({ ...call, charm: 'remote-write-sender', application: 'grafana-agent-k8s' });
  });

  it.each(['s3-integrator', 'minio'])('builds what %s runs before it is deployed', async (name) => {
    const { calls } = await deploy(name);
    expect(calls).toEqual(['start', 'build minio', { ...call, charm: 's3-integrator', application: name }]);
  });

  it.each(['postgresql-k8s', 'constructor'])('says what there is instead of %s', async (name) => {
    const { code, stderr, calls } = await deploy(name);
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
    expect(stderr).toContain(`ERROR charm "${name}" not found: the simulator has no Charmhub.`);
    expect(stderr).toContain('remote-write-sender, grafana-agent-k8s');
  });
});

interface Member {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

/** A zip archive as `zip` and `charmcraft pack` write it: local headers, a directory, an end record. */
function zip(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const { path, content, mode = 0o100644 } of members) {
    const name = Buffer.from(path);
    const deflated = deflateRawSync(content);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(deflated.length, 14);
    facts.writeUInt32LE(Buffer.byteLength(content), 18);
    facts.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    tail.writeUInt32LE(Buffer.concat(parts).length, 10);
    directory.push(Buffer.from('504b01021403', 'hex'), facts, tail, name);
    parts.push(Buffer.from('504b0304', 'hex'), facts, name, deflated);
  }
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe('deploying a .charm file', () => {
  const members = [
    { path: 'metadata.yaml', content: 'name: packed-k8s\n' },
    { path: 'src/', content: '', mode: 0o040755 },
    { path: 'src/dispatch', content: '#!/bin/sh\n'.repeat(100), mode: 0o100755 },
    { path: 'hooks/start', content: '../src/dispatch', mode: 0o120777 },
  ];

  async function deployed(...archive: Member[]) {
    writeFileSync(join(folder, 'x.charm'), zip(archive));
    const run = await deploy('./x.charm');
    const last = run.calls.at(-1);
    return { run, charm: typeof last === 'object' && last.command === 'deploy' ? last.charm : '' };
  }

  it('unpacks it with its modes and links', async () => {
    const { run, charm } = await deployed(...members);
    expect(run.stderr).toBe('Deploying "packed-k8s" from local charm "packed-k8s"\n');
    expect(charm).toContain(join(folder, 'state/unpacked/'));
    expect(readFileSync(join(charm, 'hooks/start'), 'utf8')).toBe('#!/bin/sh\n'.repeat(100));
    expect(statSync(join(charm, 'src/dispatch')).mode & 0o777).toBe(0o755);
    expect(statSync(join(charm, 'metadata.yaml')).mode & 0o777).toBe(0o644);
  });

  it('unpacks equal files once', async () => {
    const first = await deployed(...members);
    expect((await deployed(...members)).charm).toBe(first.charm);
  });

  it.each([
    { path: '../evil', content: 'x', refusal: 'invalid relative path: ../evil' },
    { path: '/evil', content: 'x', refusal: 'absolute path: /evil' },
    { path: 'link', content: '../../evil', mode: 0o120777, refusal: 'link leads out of the charm' },
    { path: 'link', content: '/evil', mode: 0o120777, refusal: 'link leads out of the charm' },
  ])('refuses a member that leads out of it: %j', async ({ refusal, ...member }) => {
    const { run } = await deployed(...members, member);
    expect(run).toMatchObject({ code: 1, calls: [] });
    expect(run.stderr).toContain(refusal);
    expect(readdirSync(join(folder, 'state/unpacked'))).toEqual([]);
  });

  it('says so if the file is no zip', async () => {
    writeFileSync(join(folder, 'x.charm'), 'not a zip');
    expect((await deploy('./x.charm')).stderr).toMatch(
      /^ERROR cannot unpack "\/.*x\.charm": .*End of central directory record signature not found/,
    );
  });
});
