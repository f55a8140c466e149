import { ToolFailure } from './tool.ts';

/** Flags by name; a switch is `''` when given. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** Flags and the other arguments, in order. */
export interface ParsedArguments {
  readonly flags: Flags;
  readonly rest: readonly string[];
}

/**
 * Parses arguments with Juju's rules: flags may stand anywhere, `--` ends them.
 *
 * @param spec names such as `r|relation=`: aliases, the last of which names the flag; `=` takes a value.
 */
export function parseArguments(args: readonly string[], spec: readonly string[] = []): ParsedArguments {
  const known = flagTable(spec);
  const flags: Record<string, string | undefined> = {};
  const rest: string[] = [];
  const queue = [...args];
  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    if (argument === '--') return { flags, rest: [...rest, ...queue] };
    if (!argument.startsWith('-') || argument === '-') {
      rest.push(argument);
      continue;
    }
    const { name, value } = readFlag(argument, known, queue);
    flags[name] = value;
  }
  return { flags, rest };
}

/** Reads `key=value` arguments; the values may be empty. */
export function keyValues(args: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const argument of args) {
    const at = argument.indexOf('=');
    if (at < 1) throw new ToolFailure(2, `expected "key=value", got "${argument}"`);
    const key = argument.slice(0, at);
    if (pairs[key] !== undefined) throw new ToolFailure(2, `key "${key}" specified more than once`);
    pairs[key] = argument.slice(at + 1);
  }
  return pairs;
}

/** Refuses arguments beyond those a tool takes. */
export function atMost(rest: readonly string[], count: number): void {
  const extra = rest.slice(count);
  if (extra.length > 0) {
    throw new ToolFailure(2, `unrecognized args: [${extra.map((one) => JSON.stringify(one)).join(' ')}]`);
  }
}

interface Flag {
  readonly name: string;
  readonly takesValue: boolean;
}

function flagTable(spec: readonly string[]): ReadonlyMap<string, Flag> {
  const table = new Map<string, Flag>();
  for (const entry of spec) {
    const takesValue = entry.endsWith('=');
    const names = entry.replace('=', '').split('|');
    for (const alias of names) table.set(alias, { name: names.at(-1) ?? alias, takesValue });
  }
  return table;
}

function readFlag(argument: string, known: ReadonlyMap<string, Flag>, queue: string[]) {
  const [, dashes = '', given = '', inline] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
  const flag = known.get(given);
  if (flag === undefined) throw new ToolFailure(2, `option provided but not defined: ${dashes}${given}`);
  if (!flag.takesValue) return { name: flag.name, value: readSwitch(flag, inline) };
  const value = inline ?? queue.shift();
  if (value === undefined) throw new ToolFailure(2, `option needs an argument: ${dashes}${given}`);
  return { name: flag.name, value };
}

/** Go: strconv.ParseBool, which reads the value of a switch; `undefined` is a switch that is off. */
function readSwitch({ name }: Flag, inline = 'true'): '' | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(inline)) return '';
  if (/^(0|f|F|false|FALSE|False)$/.test(inline)) return undefined;
  throw new ToolFailure(2, `invalid boolean value "${inline}" for --${name}`);
}
