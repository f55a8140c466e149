import { z } from 'zod';
import type { ActionValues } from '../../../juju/index.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { trustedCertificates } from '../trusted-authorities.ts';
import type { DataSource } from './datasources.ts';
import { readPeers, type PeerPorts } from './peers.ts';
import { readAnswer, sendQuery } from './query.ts';
import { baseUrl } from './reconcile.ts';

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: PeerPorts): Promise<void> {
  await runActionOf(actions, name, ports);
}

const actions: Readonly<Record<string, (ports: PeerPorts) => Promise<void>>> = {
  'list-datasources': listDataSources,
  query,
  'get-admin-password': getAdminPassword,
};

const queryParameters = z.object({ expr: z.string().min(1), datasource: z.string().optional() });

async function listDataSources(ports: PeerPorts): Promise<void> {
  const sources = await allSources(ports);
  const datasources: Record<string, ActionValues> = {};
  for (const [index, source] of sources.entries()) datasources[index] = present(source);
  await ports.tools.actionSet({ count: sources.length, datasources });
}

function present({ name, type, url, unit, jsonData, secureJsonData }: DataSource): ActionValues {
  const masked = Object.fromEntries(Object.keys(secureJsonData).map((key) => [key, '[redacted]']));
  return {
    ...{ name, type, url, ...(unit !== undefined && { unit }) },
    'json-data': JSON.stringify(jsonData),
    'secure-json-data': JSON.stringify(masked),
  };
}

async function query(ports: PeerPorts): Promise<void> {
  const parameters = queryParameters.safeParse(await ports.tools.actionGet());
  if (!parameters.success) throw new ActionFailure(`cannot query: ${z.prettifyError(parameters.error)}`);
  const { expr, datasource } = parameters.data;
  const source = choose(await allSources(ports), datasource);
  const { status, body } = await sendQuery(source, expr, await trustedCertificates(ports.tools));
  await ports.tools.actionSet({ status, datasource: source.name, url: source.url });
  const answer = readAnswer(body);
  if (answer === undefined)
    throw new ActionFailure(`cannot query ${source.url}: ${status} ${body.trim().slice(0, 500)}`);
  const { result, values } = answer;
  await ports.tools.actionSet({ values: JSON.stringify(values), result: JSON.stringify(result) });
}

function choose(sources: readonly DataSource[], name: string | undefined): DataSource {
  const names = sources.map((source) => source.name).join(', ');
  const found = name === undefined ? sources : sources.filter((source) => source.name === name);
  const [source, ...others] = found;
  if (source !== undefined && others.length === 0) return source;
  if (sources.length === 0)
    throw new ActionFailure('cannot query: there is no data source; relate one over grafana-source');
  const why =
    source === undefined ? `there is no data source ${name ?? ''}` : 'there are several data sources';
  throw new ActionFailure(`cannot query: ${why}; set datasource to one of ${names}`);
}

async function getAdminPassword(ports: PeerPorts): Promise<void> {
  const { adminPassword } = await readPeers(ports);
  if (adminPassword === undefined)
    throw new ActionFailure('cannot show the password: the leader has not made it yet; try again later');
  await ports.tools.actionSet({ url: baseUrl(ports), 'admin-password': adminPassword });
}

async function allSources(ports: PeerPorts): Promise<DataSource[]> {
  return Object.values((await readPeers(ports)).sources).flat();
}
