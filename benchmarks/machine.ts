import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Says in one line on what something was measured: processors, memory, system, the software named, and the day. */
export function describeMachine(software: readonly string[]): string {
  const processors = cpus();
  const model = processors[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${model}, ${processors.length} cores, ${memory} GiB of memory`;
  const day = new Date().toISOString().slice(0, 10);
  return [machine, distribution(), `Linux ${release()}`, ...software, day].join('; ');
}

/** The distribution's own name (os-release(5)). */
function distribution(): string {
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'));
  return name?.[1] ?? 'unknown distribution';
}
