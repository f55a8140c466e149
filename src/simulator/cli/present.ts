import { z } from 'zod';
import type { ControlLine } from '../client.ts';
import type { CommandContext } from './command.ts';

/** What the daemon answers to `run`: Juju's own JSON of one task (Juju: cmd/juju/action/common.go). */
export const taskResult = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
  message: z.string().optional(),
  results: z.looseObject({ 'return-code': z.number().optional() }).default({}),
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

/** The results of a task that a charm set, without what Juju adds to them. */
export function ownResults({ results }: TaskResult): Record<string, unknown> {
  return Object.fromEntries(Object.entries(results).filter(([key]) => key !== 'return-code'));
}

/** The tag of a unit, `unit-mimir-k8s-0`, as logs and results of Juju 2.9 name it. */
export function unitTag(unit: string): string {
  return `unit-${unit.replace('/', '-')}`;
}
