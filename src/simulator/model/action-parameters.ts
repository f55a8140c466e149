import type { ActionSpec } from './charm.ts';
import { JujuError } from './errors.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** Checks an action's parameters by actions.yaml and adds defaults (Juju: JSON schema of the charm's actions). */
export function actionParameters(spec: ActionSpec, given: Parameters): Parameters {
  for (const name of spec.required) {
    if (given[name] === undefined) throw invalid(name, 'property is missing and required', given);
  }
  for (const [name, value] of Object.entries(given)) check(spec, { name, value, given });
  const all: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(spec.params)) {
    if (param.default !== undefined) all[name] = param.default;
  }
  return { ...all, ...given };
}

function check(spec: ActionSpec, parameter: { name: string; value: unknown; given: Parameters }): void {
  const { name, value, given } = parameter;
  const param = spec.params[name];
  if (param === undefined) {
    if (spec.additionalProperties) return;
    throw invalid(name, 'additional property not allowed', given);
  }
  if (param.type === undefined || matches(param.type, value)) return;
  throw new JujuError(
    `validation failed: (root).${name} : must be of type ${param.type}, given ${JSON.stringify(value)}`,
  );
}

function matches(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function invalid(name: string, why: string, given: Parameters): JujuError {
  return new JujuError(`validation failed: (root) : "${name}" ${why}, given ${JSON.stringify(given)}`);
}
