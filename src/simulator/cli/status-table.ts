import type { JujuStatus } from './status-schema.ts';
import { formatTable, type Column } from './table.ts';

type Application = JujuStatus['applications'][string];

const right = (title: string): Column => ({ title, align: 'right' });
const left = (title: string): Column => ({ title });

/** Formats a status as the tables that `juju status` prints; the third one only if `relations` asks for it. */
export function formatStatusTable(status: JujuStatus, { relations = false } = {}): string {
  const applications = Object.entries(status.applications).sort(byName);
  const tables = [modelTable(status)];
  if (applications.length > 0) tables.push(applicationTable(applications), unitTable(applications));
  else tables.push(`Model "${status.model.controller}:${status.model.name}" is empty.\n`);
  const { integrations = [] } = status;
  if (relations && integrations.length > 0) tables.push(relationTable(integrations));
  return tables.join('\n');
}

function modelTable({ model, controller }: JujuStatus): string {
  const titles = ['Model', 'Controller', 'Cloud/Region', 'Version', 'SLA', 'Timestamp'];
  const place = model.region === '' ? model.cloud : `${model.cloud}/${model.region}`;
  const cells = [model.name, model.controller, place, model.version, model.sla, controller?.timestamp ?? ''];
  return formatTable(titles.map(left), [cells]);
}

function applicationTable(applications: readonly (readonly [string, Application])[]): string {
  const columns = [
    ...['App', 'Version', 'Status'].map(left),
    right('Scale'),
    ...['Charm', 'Channel'].map(left),
    right('Rev'),
    ...['Address', 'Exposed', 'Message'].map(left),
  ];
  const rows = applications.map(([name, application]) => [
    name,
    application.version,
    application['application-status'].current,
    scale(application),
    application['charm-name'] ?? application.charm,
    application['charm-channel'],
    application['charm-rev'].toString(),
    application.address,
    application.exposed ? 'yes' : 'no',
    oneLine(application['application-status'].message),
  ]);
  return formatTable(columns, rows);
}

function unitTable(applications: readonly (readonly [string, Application])[]): string {
  const columns = ['Unit', 'Workload', 'Agent', 'Address', 'Ports', 'Message'].map(left);
  const units = applications.flatMap(([, { units: own }]) => Object.entries(own).sort(byName));
  const rows = units.map(([name, unit]) => [
    unit.leader ? `${name}*` : name,
    unit['workload-status'].current,
    unit['juju-status'].current,
    unit.address,
    unit['open-ports'].join(','),
    oneLine(unit['workload-status'].message),
  ]);
  return formatTable(columns, rows);
}

function relationTable(integrations: NonNullable<JujuStatus['integrations']>): string {
  const columns = ['Integration provider', 'Requirer', 'Interface', 'Type', 'Message'].map(left);
  const rows = integrations
    .map((each) => [each.provider, each.requirer, each.interface, each.type, each.message])
    .sort((a, b) => collator.compare(a.join(' '), b.join(' ')));
  return formatTable(columns, rows);
}

/** How many units there are of how many, or one number if these are equal (Juju: cmd/juju/status/formatted.go). */
function scale({ units, scale: wanted }: Application): string {
  const present = Object.keys(units).length;
  return wanted === undefined || wanted === present ? present.toString() : `${present}/${wanted}`;
}

/** A table holds one line a unit, whatever a charm puts into its message. */
function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, ' ');
}

const collator = new Intl.Collator('en', { numeric: true });

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return collator.compare(a, b);
}
