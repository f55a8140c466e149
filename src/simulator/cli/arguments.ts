import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Forward } from '../launch/launch.ts';
import { CommandError, UsageError } from './command.ts';

/** Splits `key=value`; throws a usage error in Juju's words if there is no key or no `=`. */
export function splitKeyValue(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`expected "key=value", got "${text}"`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** Reads `key=value` arguments; a key may be given once. */
export function keyValues(texts: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, value] of texts.map(splitKeyValue)) {
    if (key in values) throw new UsageError(`key "${key}" specified more than once`);
    values[key] = value;
  }
  return values;
}

/** Reads options of a charm: `key=value`, or `key=@file` for a file's content, as `juju config` does. */
export function optionValues(texts: readonly string[], workingFolder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keyValues(texts)).map(([key, value]) => [
      key,
      value.startsWith('@') ? readOptionFile(key, resolve(workingFolder, value.slice(1))) : value,
    ]),
  );
}

function readOptionFile(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CommandError(`cannot read "${key}" from file "${path}": ${String(cause)}`, { cause });
  }
}

/** Reads a number of units. */
export function unitCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`invalid number of units "${text}"`);
  return Number(text);
}

/** Reads a time span in Go's words, such as `1m30s` or `500ms`, into milliseconds. */
export function durationMs(text: string): number {
  const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new UsageError(`invalid duration "${text}" (write for example 30s or 2m)`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
}

/** Reads `[LISTEN:]HOST:PORT`; without LISTEN a free port is taken. */
export function parseForward(text: string): Forward {
  const [, listen = '0', host, port] = /^(?:(\d+):)?([^:]+):(\d+)$/.exec(text) ?? [];
  if (host === undefined) throw new UsageError(`expected "[port:]host:port" to forward, got "${text}"`);
  return { listen: Number(listen), host, port: Number(port) };
}

/** Takes the positional argument at `index`; `name` says what it is, for the error. */
export function argument(positionals: readonly string[], index: number, name: string): string {
  const found = positionals[index];
  if (found === undefined) throw new UsageError(`no ${name} specified`);
  return found;
}

/** Refuses more than `count` positional arguments. */
export function atMost(positionals: readonly string[], count: number): void {
  if (positionals.length > count) {
    throw new UsageError(`unrecognized args: ${JSON.stringify(positionals.slice(count))}`);
  }
}

/**
 * Splits a command line at its first positional argument or `--`: what follows belongs to another command and is
 * not looked at. `skip` positionals are kept on this side, in `own`.
 */
export function splitCommand(args: readonly string[], options: ParseArgsOptionsConfig, skip = 0) {
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const ends = tokens.filter(({ kind }) => kind !== 'option');
  const end = ends.findIndex(({ kind }, index) => kind === 'option-terminator' || index === skip);
  const token = ends[end];
  if (token === undefined) return { own: [...args], rest: [] };
  const rest = args.slice(token.kind === 'option-terminator' ? token.index + 1 : token.index);
  return { own: args.slice(0, token.index), rest: rest[0] === '--' ? rest.slice(1) : rest };
}
