import { resolve } from 'node:path';
import { formatYaml } from '../../yaml.ts';
import type { HookContext } from '../hook-context.ts';
import type { Flags } from './arguments.ts';
import { ToolFailure } from './tool.ts';
import type { ToolCall } from './tool.ts';

/** The flags of a tool that prints a value. */
export const outputFlags = ['format=', 'o|output='];

/** A printable value: JSON, or undefined for Go's nil. */
export type Printable =
  string | number | boolean | null | undefined | readonly unknown[] | Readonly<Record<string, unknown>>;

/** Prints a value as `--format` asks, or into the file of `--output`. */
export async function print(
  value: Printable,
  flags: Flags,
  where: { readonly call: ToolCall; readonly context: HookContext; readonly smart?: 'yaml' },
): Promise<string> {
  const format = flags['format'] ?? where.smart ?? 'smart';
  const text = formatted(value ?? null, format, where.smart === 'yaml');
  const file = flags['output'];
  if (file === undefined) return text;
  await where.context.port.writeFile(resolve(where.call.directory, file), text);
  return '';
}

function formatted(value: NonNullable<Printable> | null, format: string, noSmart: boolean): string {
  if (format === 'json') return `${JSON.stringify(value)}\n`;
  if (format === 'yaml') return value === null ? '' : formatYaml(value);
  if (format === 'smart' && !noSmart) return smart(value);
  throw new ToolFailure(2, `invalid value "${format}" for option --format: unknown format "${format}"`);
}

/** Juju: cmd/output.go, FormatSmart. */
function smart(value: NonNullable<Printable> | null): string {
  if (value === null || value === '') return '';
  if (typeof value === 'boolean') return value ? 'True\n' : 'False\n';
  if (typeof value === 'string') return `${value}\n`;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.map((item) => `${item}\n`).join('');
  }
  return formatYaml(value);
}
