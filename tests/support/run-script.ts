import { spawn } from 'node:child_process';
import { root } from './simulation.ts';

/** How a script ended, and all that it wrote to both streams. */
export interface ScriptRun {
  readonly code: number | null;
  readonly output: string;
}

/** Runs lines of sh at the repository's root, as a reader of the documents would; stops at the first that fails. */
export function runScript(script: string, environment: Record<string, string> = {}): Promise<ScriptRun> {
  const child = spawn('sh', ['-e', '-c', script], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
