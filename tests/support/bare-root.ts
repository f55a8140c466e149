import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { probeFlags } from '../../src/simulator/launch/probe.ts';
import { toolPath } from '../../src/simulator/launch/tool.ts';
import type { PackedMember } from './packed-members.ts';
import type { ScriptRun } from './run-script.ts';

/** Juju's user in a charm container whose charm says `charm-user: non-root` (Juju: constants.JujuUserID). */
const jujuUser = 170;

/** Libraries that a program loads, by their paths on this machine, and the loader itself. */
export function librariesOf(program: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync('ldd', [program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot read the libraries of ${program}: ${stderr}`);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

/**
 * Makes a root folder that holds a charm, a shell, the libraries of both, and nothing else: less than the image of
 * any charm base has.
 */
export function makeBareRoot(root: string, charmFolder: string, members: readonly PackedMember[]): void {
  for (const { path, mode, content } of members) {
    const target = join(root, charmFolder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode & 0o777);
  }
  const programs = { node: join(root, charmFolder, 'bin/node'), sh: toolPath('sh') };
  const libraries = Object.values(programs).flatMap(librariesOf);
  for (const [source, target] of [
    [programs.sh, '/bin/sh'],
    ...libraries.map((path) => [path, path]),
  ] as const) {
    mkdirSync(dirname(join(root, target)), { recursive: true });
    copyFileSync(source, join(root, target));
  }
  mkdirSync(join(root, 'etc'));
  writeFileSync(
    join(root, 'etc/resolv.conf'),
    'search demo.svc.cluster.local svc.cluster.local cluster.local\n',
  );
  chmodSync(root, 0o755);
}

/** Makes the root read-only. */
const seal = 'root=$1 folder=$2; shift 2; mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"';
/** Ways into it as Juju's user, with no more rights than that user has. */
const doors = {
  root: `chroot --userspec=${jujuUser}:${jujuUser} --groups= "$root"`,
  ordinaryUser: `unshare --user --map-user=${jujuUser} --map-group=${jujuUser} --root="$root"`,
};

/** Runs a program in a folder of a bare root, without a network and with no variables but these. */
export function runInBareRoot(
  { root, folder }: { readonly root: string; readonly folder: string },
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<ScriptRun> {
  const probe = probeFlags();
  if (!probe.possible) throw new Error(probe.obstacle);
  const door = probe.flags.includes('--user') ? doors.ordinaryUser : doors.root;
  const script = `${seal} && exec ${door} /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@"`;
  const args = [...probe.flags, toolPath('sh'), '-c', script, 'sh', root, folder, ...argv];
  const child = spawn(toolPath('unshare'), args, { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
