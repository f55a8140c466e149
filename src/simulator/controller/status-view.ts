import { jujuVersion } from '../agent/environment.ts';
import { isPeer, ownEnd, relationsOf, remoteApplication, unitsOf } from '../model/access.ts';
import type { Application, Model, Relation, Status, Unit } from '../model/records.ts';
import { applicationStatus, shownStatus } from '../model/statuses.ts';
import { podName } from './world.ts';

/** `juju status --format=json`, and `integrations`, which its table shows and its JSON does not. */
export function statusView(model: Model): Record<string, unknown> {
  const applications = Object.values(model.applications).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    model: {
      ...{ name: model.name, type: 'caas', controller: 'simulator', cloud: 'simulator' },
      ...{ version: jujuVersion, 'model-status': { current: 'available' }, sla: 'unsupported' },
    },
    machines: {},
    applications: Object.fromEntries(applications.map((one) => [one.name, applicationView(model, one)])),
    integrations: Object.values(model.relations).map(integrationView),
    controller: { timestamp: new Date().toTimeString().slice(0, 8) },
  };
}

function applicationView(model: Model, application: Application): Record<string, unknown> {
  const { name, charm, revision, scale, address = '', version, life } = application;
  const units = unitsOf(model, name).map((unit) => [unit.name, unitView(unit, application)]);
  return {
    ...{ charm: charm.name, 'charm-name': charm.name, 'charm-origin': 'local', 'charm-rev': revision },
    ...{ scale, address, exposed: false, ...(life === 'dying' && { life }) },
    'application-status': statusFields(applicationStatus(model, name)),
    relations: relationsView(model, name),
    ...(version !== '' && { version }),
    units: Object.fromEntries(units) satisfies Record<string, unknown>,
  };
}

function unitView(unit: Unit, { leader }: Application): Record<string, unknown> {
  return {
    'workload-status': statusFields(shownStatus(unit)),
    'juju-status': { ...statusFields(unit.agentStatus), version: jujuVersion },
    ...(leader === unit.name && { leader: true }),
    ...(unit.life !== 'alive' && { life: unit.life }),
    ...(unit.ports.length > 0 && { 'open-ports': unit.ports }),
    address: unit.address ?? '',
    'provider-id': podName(unit.name),
  };
}

function statusFields({ current, message, since }: Status): Record<string, string> {
  return { current, ...(message !== '' && { message }), since };
}

function relationsView(model: Model, application: string): Record<string, unknown> {
  const table: Record<string, unknown[]> = {};
  for (const relation of relationsOf(model, application)) {
    const { endpoint } = ownEnd(relation, application);
    const related = {
      'related-application': remoteApplication(relation, application),
      interface: relation.interface,
      scope: 'global',
    };
    table[endpoint] = [...(table[endpoint] ?? []), related];
  }
  return table;
}

function integrationView(relation: Relation): Record<string, string> {
  const [first, second = first] = relation.ends.map(
    ({ application, endpoint }) => `${application}:${endpoint}`,
  );
  const providerFirst = relation.ends[0]?.role !== 'requirer';
  const [provider = '', requirer = ''] = providerFirst ? [first, second] : [second, first];
  return {
    ...{ provider, requirer, interface: relation.interface, type: isPeer(relation) ? 'peer' : 'regular' },
    message: relation.life === 'dying' ? 'dying' : '',
  };
}
