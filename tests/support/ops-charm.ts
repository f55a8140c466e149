import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from './simulation.ts';

/** The release of Python's charm framework that the fixture is run with. */
const opsVersion = '3.9.0';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mimir-k8s');

/**
 * A Python that a charm container sees as well, and that can install packages; undefined if there is none. Only those
 * below /usr are looked at: containers have the host's /usr, and no home folders.
 */
export function findPython(): string | undefined {
  return ['/usr/local/bin/python3', '/usr/bin/python3'].find(
    (path) =>
      existsSync(path) &&
      realpathSync(path).startsWith('/usr/') &&
      run(path, ['-c', 'import pip, sys; sys.exit(sys.version_info < (3, 10))']).status === 0,
  );
}

const databag = z.object({ requirer_app: z.object({ alert_rules: z.string() }) });

/** The rules that the fixture publishes: what the interface's own library wrote. */
export function capturedRules(): string {
  const file = join(root, 'tests/fixtures/databags/prometheus_remote_write.json');
  return databag.parse(JSON.parse(readFileSync(file, 'utf8'))).requirer_app.alert_rules;
}

/** Makes the charm `ops-sender` in a folder as charmcraft would pack it: its packages in `venv/`. */
export function packOpsCharm(python: string, folder: string): void {
  cpSync(join(root, 'tests/fixtures/charms/ops-sender'), folder, { recursive: true });
  cpSync(installedOps(python), join(folder, 'venv'), { recursive: true });
  writeFileSync(join(folder, 'src/alert_rules.json'), capturedRules());
}

/** Installs `ops` once for each Python, from PyPI. */
function installedOps(python: string): string {
  const tag = run(python, ['-c', 'import sys; print(sys.implementation.cache_tag)']).stdout.trim();
  const target = join(cache, `ops-${opsVersion}-${tag}`);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${target}.`);
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '--target', unfinished];
  const { status, stderr } = run(python, [...install, `ops==${opsVersion}`]);
  if (status !== 0) {
    rmSync(unfinished, { recursive: true });
    throw new Error(`cannot install ops ${opsVersion} from PyPI: ${stderr}`);
  }
  renameSync(unfinished, target);
  return target;
}

function run(command: string, args: readonly string[]) {
  return spawnSync(command, args, { encoding: 'utf8', cwd: '/' });
}
