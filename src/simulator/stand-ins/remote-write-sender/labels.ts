import { z } from 'zod';
import type { Environment } from '../../../juju/index.ts';
import type { Topology } from '../../../juju/topology.ts';
import { parseYaml } from '../../yaml.ts';

const externalLabels = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .nullish();
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Labels that every series of the unit has: Juju's topology and `instance`. Shared series are those of all units, as of
 * replicas that scrape the same targets: they name the application, and no unit.
 */
export function seriesLabels(topology: Topology, shared: boolean): Record<string, string> {
  const { model, modelUuid, application, unit, charmName } = topology;
  return {
    juju_model: model,
    juju_model_uuid: modelUuid,
    juju_application: application,
    ...(shared ? {} : { juju_unit: unit }),
    juju_charm: charmName,
    instance: [model, modelUuid, application, ...(shared ? [] : [unit])].join('_'),
  };
}

/**
 * Labels of the sender itself, from the YAML map that Prometheus has as `external_labels`: a reference such as
 * `${JUJU_UNIT_NAME}` is the variable's value (Prometheus: config.go expands those of its environment). Throws an error
 * that says what is wrong.
 */
export function readExternalLabels(text: string, environment: Environment): Record<string, string> {
  const { unitName, modelName, modelUuid } = environment;
  const variables: Readonly<Record<string, string>> = {
    JUJU_UNIT_NAME: unitName,
    JUJU_MODEL_NAME: modelName,
    JUJU_MODEL_UUID: modelUuid,
  };
  const parsed = externalLabels.safeParse(parseYaml(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`it is no map of labels: ${[...(issue?.path ?? []), issue?.message].join(': ')}`);
  }
  const wrong = Object.keys(parsed.data ?? {}).find((name) => !labelName.test(name));
  if (wrong !== undefined) throw new Error(`"${wrong}" is no name of a label`);
  const expand = (value: string) =>
    value.replaceAll(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (reference, braced?: string, bare?: string) => {
      const name = braced ?? bare;
      if (name === undefined) return '$';
      const found = variables[name];
      if (found === undefined)
        throw new Error(`it names ${reference}; there are ${Object.keys(variables).join(', ')}`);
      return found;
    });
  return Object.fromEntries(Object.entries(parsed.data ?? {}).map(([name, value]) => [name, expand(value)]));
}
