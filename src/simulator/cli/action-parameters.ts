import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseYaml } from '../yaml.ts';
import { CommandError, UsageError } from './command.ts';

type Parameters = Record<string, unknown>;

/**
 * Makes an action's parameters of `key=value` arguments as Juju does: dots in a key make maps, values are YAML
 * (Juju: cmd/juju/action/run.go). They go before what a file of `--params` says.
 */
export function actionParameters(
  values: Readonly<Record<string, string>>,
  file: Readonly<Parameters> = {},
): Parameters {
  const parameters = structuredClone(file);
  for (const [key, text] of Object.entries(values)) place(parameters, key.split('.'), readValue(key, text));
  return parameters;
}

/** Reads the file of `--params`: a YAML map. */
export function readParameters(path: string): Parameters {
  try {
    return z.record(z.string(), z.unknown()).parse(parseYaml(readFileSync(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`cannot read parameters from file "${path}": ${why}`, { cause });
  }
}

function place(parameters: Parameters, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    parameters[name] = value;
    return;
  }
  const inner = parameters[name];
  const map: Parameters = isMap(inner) ? inner : {};
  parameters[name] = map;
  place(map, rest, value);
}

function isMap(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readValue(key: string, text: string): unknown {
  try {
    return parseYaml(text) ?? '';
  } catch (cause) {
    throw new UsageError(`cannot parse value of parameter "${key}": ${String(cause)}`, { cause });
  }
}
