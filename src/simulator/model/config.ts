import type { Charm, OptionSpec } from './charm.ts';
import { JujuError } from './errors.ts';
import type { Application, ConfigValue } from './records.ts';

/** Types what the administrator wrote by config.yaml; refuses as Juju does. */
export function parseConfig(
  charm: Charm,
  settings: Readonly<Record<string, string>>,
): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [name, parseOption(name, optionOf(charm, name), text)]),
  );
}

/** What was set and still fits another charm's options. */
export function keepValid(
  charm: Charm,
  settings: Readonly<Record<string, ConfigValue>>,
): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => {
      const option = charm.options[name];
      return option !== undefined && fits(option, value);
    }),
  );
}

/** Refuses the reset of options that the charm does not have. */
export function checkReset(charm: Charm, names: readonly string[]): void {
  for (const name of names) optionOf(charm, name);
}

/** Effective configuration: what was set, else the default; unset options without default are undefined. */
export function effectiveConfig(
  application: Pick<Application, 'charm' | 'config'>,
): Record<string, ConfigValue | undefined> {
  return Object.fromEntries(
    Object.entries(application.charm.options)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, option]) => [name, application.config[name] ?? option.default ?? undefined]),
  );
}

function optionOf(charm: Charm, name: string): OptionSpec {
  const option = charm.options[name];
  if (option === undefined) throw new JujuError(`unknown option "${name}"`);
  return option;
}

function fits({ type }: OptionSpec, value: ConfigValue): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'float') return typeof value === 'number';
  return type === 'int' ? Number.isInteger(value) : typeof value === 'string';
}

const patterns = { int: /^[+-]?\d+$/, float: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/ };
const booleans: Readonly<Record<string, boolean>> = {
  ...{ true: true, True: true, TRUE: true, t: true, T: true, '1': true },
  ...{ false: false, False: false, FALSE: false, f: false, F: false, '0': false },
};

function parseOption(name: string, option: OptionSpec, text: string): ConfigValue {
  switch (option.type) {
    case 'string':
    case 'secret':
      return text;
    case 'boolean': {
      const value = booleans[text];
      if (value === undefined) throw wrongType(name, option.type, text);
      return value;
    }
    case 'int':
    case 'float':
      if (!patterns[option.type].test(text)) throw wrongType(name, option.type, text);
      return Number(text);
  }
}

function wrongType(name: string, type: string, text: string): JujuError {
  return new JujuError(`option "${name}" expected ${type}, got ${JSON.stringify(text)}`);
}
