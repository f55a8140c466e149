import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A release on PyPI. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** The oldest minor release of Python 3 that it takes. */
  readonly minor: number;
}

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mimir-k8s');

/** Whether there is a Python at this path that can install a package and run it. */
export function canInstall(python: string, { minor }: PythonPackage): boolean {
  const check = `import pip, sys; sys.exit(sys.version_info < (3, ${minor}))`;
  return existsSync(python) && run(python, ['-c', check]).status === 0;
}

/** The version of a Python, such as 3.12.3. */
export function pythonVersion(python: string): string {
  return run(python, ['-c', 'import platform; print(platform.python_version())']).stdout.trim();
}

/** A Python of PATH, or one that pyenv has, that can install a package and run it; undefined if there is none. */
export function findPythonFor(wanted: PythonPackage): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['python3', 'python3.14', 'python3.13', 'python3.12'];
  const pyenv = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions/3.*/bin/python3');
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...globSync(pyenv).toSorted()].find((path) => canInstall(path, wanted));
}

/** Installs a package once for each Python, from PyPI, into a folder that it returns. */
export function installPackage(python: string, { name, version }: PythonPackage): string {
  const tag = run(python, ['-c', 'import sys; print(sys.implementation.cache_tag)']).stdout.trim();
  const target = join(cache, `${name}-${version}-${tag}`);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${target}.`);
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '--target', unfinished];
  const { status, stderr } = run(python, [...install, `${name}==${version}`]);
  if (status !== 0) {
    rmSync(unfinished, { recursive: true });
    throw new Error(`cannot install ${name} ${version} from PyPI: ${stderr}`);
  }
  renameSync(unfinished, target);
  return target;
}

/** How a Python program ended, and what it wrote. */
export interface PythonRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a package's own program, the module of its name. */
export function runPackage(
  python: string,
  wanted: PythonPackage,
  { args, cwd }: { readonly args: readonly string[]; readonly cwd: string },
): PythonRun {
  const env = { ...process.env, PYTHONPATH: installPackage(python, wanted), NO_COLOR: '1' };
  return spawnSync(python, ['-m', wanted.name, ...args], { encoding: 'utf8', cwd, env });
}

function run(command: string, args: readonly string[]): PythonRun {
  return spawnSync(command, args, { encoding: 'utf8', cwd: '/' });
}
