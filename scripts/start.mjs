// usage: node scripts/start.mjs FILE.ts|TOOL [ARGUMENT…]
//
// Installs what package-lock.json and runtime/package-lock.json name, when they changed, and then runs a
// TypeScript file or an installed tool on the very Node.js that the charm ships. Plain JavaScript without
// imports from npm, because it is what a fresh clone starts with, on whatever Node.js the user has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pinned Node.js of runtime/, for the machine's architecture. */
export const nodeBinary = join(root, `runtime/node_modules/node-linux-${process.arch}/bin/node`);

/** Runs `npm ci` in `folder`, unless its lock file is the one installed last time. */
function install(folder) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'node_modules/.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error(`Installing the packages of ${join(folder, 'package-lock.json')} …`);
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) throw new Error(`cannot install packages: npm ci in ${folder} failed`);
  writeFileSync(stamp, lock);
}

/** Installs everything, then runs `command` on the pinned Node.js and exits as it does. */
export function start(command, args) {
  if (process.platform !== 'linux') {
    console.error('mimir-k8s: this needs Linux (namespaces and Pebble); use a Linux machine, a VM or WSL 2.');
    process.exit(1);
  }
  try {
    install(root);
    install(join(root, 'runtime'));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  const script = command.endsWith('.ts')
    ? join(root, command)
    : realpathSync(join(root, 'node_modules/.bin', command));
  const child = spawn(nodeBinary, [script, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`cannot run ${nodeBinary}: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('close', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) {
    console.error('usage: node scripts/start.mjs FILE.ts|TOOL [ARGUMENT…]');
    process.exit(2);
  }
  start(command, args);
}
