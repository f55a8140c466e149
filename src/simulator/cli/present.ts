import { z } from 'zod';
import type { ControlLine } from '../client.ts';
import type { CommandContext } from './command.ts';
import { formatData } from './format.ts';

/** What the daemon answers to `run`: Juju's own JSON of one task (Juju: cmd/juju/action/common.go). */
export const taskResult = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
  message: z.string().optional(),
  results: z
    .looseObject({
      'return-code': z.number().optional(),
      stdout: z.string().optional(),
      stderr: z.string().optional(),
    })
    .default({}),
});

/** A parsed task. */
export type TaskResult = z.infer<typeof taskResult>;

/** Writes output and log lines of a request to where they belong. */
export function showLines({ stdout, stderr }: CommandContext): (line: ControlLine) => void {
  return (line) => {
    if (line.kind === 'log') stdout(`${line.line}\n`);
    else if (line.stream === 'stdout') stdout(line.text);
    else stderr(line.text);
  };
}

/** Prints a task as `juju run` does: what the action wrote as it is, then the results that it set, as YAML. */
export function showTask({ results }: TaskResult, { stdout, stderr }: CommandContext): void {
  stderr(results.stderr ?? '');
  stdout(results.stdout ?? '');
  const own = Object.entries(results).filter(([key]) => !['return-code', 'stdout', 'stderr'].includes(key));
  if (own.length > 0) stdout(formatData(Object.fromEntries(own), 'yaml'));
}

/** The tag of a unit, `unit-mimir-k8s-0`, as logs and results of Juju 2.9 name it. */
export function unitTag(unit: string): string {
  return `unit-${unit.replace('/', '-')}`;
}
