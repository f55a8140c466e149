import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A program of the host that the simulator runs, by its package as Debian and Fedora name it. */
export const toolPackages = {
  sh: 'dash',
  cat: 'coreutils',
  chroot: 'coreutils',
  env: 'coreutils',
  hostname: 'hostname',
  ip: 'iproute2',
  mount: 'mount (util-linux)',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
} as const;

/** Name of such a program. */
export type ToolName = keyof typeof toolPackages;

/** A program of the host that ended badly, or could not be started. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly argv: readonly string[];
  readonly stderr: string;

  constructor(purpose: string, argv: readonly string[], reason: string) {
    super(`cannot ${purpose}: ${argv.join(' ')}: ${reason.trim()}`);
    this.argv = argv;
    this.stderr = reason;
  }
}

/** PATH with the folders of system programs, which an ordinary user's PATH lacks on Debian. */
export function toolSearchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .filter(Boolean)
    .join(delimiter);
}

/** The first program that the host lacks, and the package that has it; undefined if there are all. */
export function missingTool(): { readonly name: string; readonly package: string } | undefined {
  const missing = Object.entries(toolPackages).find(([name]) => findTool(name) === undefined);
  return missing && { name: missing[0], package: missing[1] };
}

function findTool(name: string): string | undefined {
  return toolSearchPath()
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Absolute path of a program. Throws an error that names the package to install. */
export function toolPath(name: ToolName): string {
  const path = findTool(name);
  if (path === undefined) throw new Error(`cannot find '${name}': install the package ${toolPackages[name]}`);
  return path;
}

/** Runs a program of the host to its end; `input` is its standard input. Returns its output, throws {@link ToolError}. */
export async function runTool(
  purpose: string,
  [name, ...args]: readonly [ToolName, ...string[]],
  input = '',
): Promise<string> {
  const child = spawn(toolPath(name), args, { env: { PATH: toolSearchPath() } });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'lost');
    });
  });
  child.stdin.on('error', () => undefined); // A program that ends without reading says why on its own.
  child.stdin.end(input);
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (status !== 0) throw new ToolError(purpose, [name, ...args], stderr || `ended with ${status}`);
  return stdout;
}
