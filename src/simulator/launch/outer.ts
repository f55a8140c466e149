/**
 * The simulator's process on the host's side: started by `launchSimulator`, it makes the namespaces, runs the daemon in
 * them and holds the forwarded ports. When it ends, even by SIGKILL, the kernel ends everything in the namespaces.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { answersOn } from '../answers-on.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { forwardSocket, listenForward } from './forward.ts';
import { controlSocket, outerOptions, type outerMessage } from './launch.ts';
import { probeFlags } from './probe.ts';
import { toolPath, toolSearchPath } from './tool.ts';

/** PID 1 inside: reaps orphans, which Node.js would not; without that a container's namespace could not end. */
const init = '"$@" & wait $!';

function spawnInner(entry: string, args: readonly string[]): ChildProcess {
  const probe = probeFlags();
  if (!probe.possible) throw new Error(probe.obstacle);
  const inside = [toolPath('sh'), '-c', init, 'sh', process.execPath, entry, ...args];
  return spawn(toolPath('setpriv'), ['--pdeathsig', 'KILL', toolPath('unshare'), ...probe.flags, ...inside], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: toolSearchPath() },
  });
}

async function run(): Promise<void> {
  const { stateDir, entry, args, forwards } = outerOptions.parse(JSON.parse(process.argv[2] ?? ''));
  const control = controlSocket(stateDir);
  if (await answersOn(control)) throw new Error(`a simulator runs in ${stateDir} already`);
  for (const socket of [control, forwardSocket(stateDir)]) rmSync(socket, { force: true });
  const listening = await Promise.all(forwards.map((forward) => listenForward(forward, stateDir)));
  const inner = spawnInner(entry, args);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => inner.kill('SIGKILL'));
  const inside = { ended: false };
  inner.once('exit', (code) => {
    inside.ended = true;
    for (const socket of [control, forwardSocket(stateDir)]) rmSync(socket, { force: true });
    process.exit(code ?? 1);
  });
  while (!inside.ended && !(await answersOn(control))) await delay(20);
  tell({ kind: 'ready', forwards: listening });
}

/** Says the message; `then` runs when the starter has it. */
function tell(message: z.infer<typeof outerMessage>, then = () => undefined): void {
  if (process.send === undefined) then();
  else process.send(message, then);
}

try {
  await run();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(reason);
  tell({ kind: 'failed', reason }, () => process.exit(1));
}
