import { applicationName, applicationOf } from '../../model/access.ts';
import { formatYaml } from '../../yaml.ts';
import { resourcePath, storageLocation } from '../paths.ts';
import { contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { relationOfFlag } from './relation-scope.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const storageGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['s=', ...outputFlags]);
  atMost(rest, 1);
  const { operation } = context;
  const id = flags['s'] ?? (operation.kind === 'storage' ? operation.storage : undefined);
  if (id === undefined) throw new ToolFailure(2, 'no storage instance specified');
  if (!contextUnit(context).storage.includes(id)) {
    throw new ToolFailure(2, `invalid value "${id}" for option -s: storage not found`);
  }
  const facts: Readonly<Record<string, string>> = { kind: 'filesystem', location: storageLocation(id) };
  const [attribute] = rest;
  if (attribute === undefined) return print(facts, flags, { call, context });
  if (facts[attribute] === undefined) throw new ToolFailure(1, `invalid storage attribute "${attribute}"`);
  return print(facts[attribute], flags, { call, context });
};

const storageList: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 1);
  const [name] = rest;
  const ids = contextUnit(context).storage.filter((id) => name === undefined || id.startsWith(`${name}/`));
  return print([...ids].sort(), flags, { call, context });
};

const resourceGet: Tool = async (call, context) => {
  const { rest } = parseArguments(call.args);
  const [name] = rest;
  if (name === undefined) throw new ToolFailure(2, 'missing required resource name');
  atMost(rest, 1);
  const { charm, resources } = applicationOf(context.port.model(), applicationName(context.unit));
  const spec = charm.resources[name];
  const image = resources[name] ?? spec?.['upstream-source'];
  if (spec?.type !== 'oci-image' || image === undefined) {
    throw new ToolFailure(1, `could not download resource: resource "${name}" not found`);
  }
  const path = resourcePath(context.unit, name);
  await context.port.writeFile(path, formatYaml({ registrypath: image, username: '', password: '' }));
  return path;
};

const addressFlags = ['bind-address', 'ingress-address', 'egress-subnets'];

const networkGet: Tool = (call, context) => {
  const spec = [...addressFlags, 'primary-address', 'r|relation=', ...outputFlags];
  const { flags, rest } = parseArguments(call.args, spec);
  const [binding] = rest;
  if (binding === undefined) throw new ToolFailure(2, 'no arguments specified');
  atMost(rest, 1);
  if (flags['relation'] !== undefined) relationOfFlag(flags, context);
  const { charm } = applicationOf(context.port.model(), applicationName(context.unit));
  if (charm.endpoints[binding] === undefined && binding !== 'juju-info') {
    throw new ToolFailure(1, `no network config found for binding "${binding}"`);
  }
  const { bind, ingress } = addressesOf(context);
  if (flags['primary-address'] !== undefined) return print(bind, flags, { call, context });
  const values: Readonly<Record<string, string | readonly string[]>> = {
    ...{ 'bind-address': bind, 'ingress-address': ingress, 'egress-subnets': [`${ingress}/32`] },
  };
  const asked = addressFlags.filter((flag) => flags[flag] !== undefined);
  const [only] = asked;
  if (only === undefined) return print(networkMap(bind, ingress, flags['format']), flags, { call, context });
  if (asked.length === 1) return print(values[only], flags, { call, context });
  return print(Object.fromEntries(asked.map((flag) => [flag, values[flag]])), flags, { call, context });
};

function networkMap(bind: string, ingress: string, format: string | undefined): Record<string, unknown> {
  // Juju's YAML has these names a second time.
  const yaml = format !== 'json';
  const address = { hostname: '', value: bind, cidr: '', ...(yaml && { address: bind }) };
  const nic = { 'mac-address': '', 'interface-name': '', addresses: [address] };
  return {
    'bind-addresses': [{ ...nic, ...(yaml && { macaddress: '', interfacename: '' }) }],
    'egress-subnets': [`${ingress}/32`],
    'ingress-addresses': [ingress],
  };
}

function addressesOf(context: HookContext): { readonly bind: string; readonly ingress: string } {
  const unit = contextUnit(context);
  const bind = unit.address ?? '';
  return { bind, ingress: applicationOf(context.port.model(), unit.application).address ?? bind };
}

const unitGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  const [setting] = rest;
  if (setting === undefined) throw new ToolFailure(2, 'no setting specified');
  if (setting !== 'private-address' && setting !== 'public-address') {
    throw new ToolFailure(2, `unknown setting "${setting}"`);
  }
  atMost(rest, 1);
  if (setting === 'public-address') throw new ToolFailure(1, 'public address not found');
  return print(addressesOf(context).ingress, flags, { call, context });
};

/** storage-get, storage-list, resource-get, network-get, unit-get. */
export const placeTools: Readonly<Record<string, Tool>> = {
  'storage-get': storageGet,
  'storage-list': storageList,
  'resource-get': resourceGet,
  'network-get': networkGet,
  'unit-get': unitGet,
};
