import { formatYaml } from '../yaml.ts';
import { UsageError } from './command.ts';

/** Formats that machines read. */
export type DataFormat = 'json' | 'yaml';

/** Reads the value of `--format`. */
export function dataFormat(text: string): DataFormat {
  if (text === 'json' || text === 'yaml') return text;
  throw new UsageError(`invalid value "${text}" for option --format: unknown format "${text}"`);
}

/** Formats a value; ends with a newline. */
export function formatData(value: unknown, format: DataFormat): string {
  // js-yaml refuses undefined where JSON leaves it out.
  const plain: unknown = JSON.parse(JSON.stringify(value ?? null));
  return format === 'json' ? `${JSON.stringify(plain)}\n` : formatYaml(plain);
}
