import { z } from 'zod';
import type { Databag } from '../../../juju/index.ts';
import { podHost } from '../pod-host.ts';
import { blockedByOptions, type Hook, liveRelations, type UnitStatus } from '../run-dispatch.ts';
import { takeAuthorities } from '../trusted-authorities.ts';
import {
  buildSources,
  library,
  publishUids,
  withoutUnit,
  type DataSource,
  type Library,
} from './datasources.ts';
import { ensureAdminPassword, keepSources, readPeers, type PeerPorts } from './peers.ts';

const endpoint = 'grafana-source';
const options = z.object({ library });

/**
 * Does on an event what Grafana's charm and its library do, and sets the unit's status. The library looks at
 * relation-changed and relation-departed only, so that the data source of an application outlives its relation until
 * another relation changes. The option stands for a refresh of Grafana, after which it looks at all relations.
 */
export async function reconcile(event: Hook, ports: PeerPorts): Promise<void> {
  const config = options.safeParse(await ports.tools.configGet());
  const { status, message } = config.success
    ? await act(event, config.data.library, ports)
    : blockedByOptions(config.error);
  await ports.tools.statusSet({ status, message, application: false });
}

/** Where Grafana would answer (Grafana's charm: port 3000 of the unit, without an ingress). */
export function baseUrl(ports: PeerPorts): string {
  return `http://${podHost(ports.environment)}:3000`;
}

async function act(event: Hook, generation: Library, ports: PeerPorts): Promise<UnitStatus> {
  const { problem } = await takeAuthorities(event, ports.tools);
  if (await ports.tools.isLeader()) {
    await ensureAdminPassword(ports);
    await followSources(event, generation, ports);
  }
  if (problem !== undefined) return problem;
  const { sources } = await readPeers(ports);
  const names = Object.values(sources).flatMap((ofRelation) => ofRelation.map(({ name }) => name));
  const message = names.length === 0 ? 'no data source' : `data sources: ${names.join(', ')}`;
  return { status: 'active', message };
}

/** Brings the data sources up to date, if the event is one that the library looks at. */
async function followSources(event: Hook, generation: Library, ports: PeerPorts): Promise<void> {
  const aboutSources = 'endpoint' in event && event.endpoint === endpoint;
  if (event.kind === 'config-changed' || (aboutSources && event.kind === 'relation-changed'))
    await takeAll(event, generation, ports);
  if (aboutSources && event.kind === 'relation-departed') {
    const { relationId: relation, remoteUnit: unit = '' } = event;
    await dropUnit({ relation, unit }, generation, ports);
  }
}

/** Takes the data sources of every relation anew, and answers each provider that described its data. */
async function takeAll(event: Hook, generation: Library, ports: PeerPorts): Promise<void> {
  const all: Record<string, readonly DataSource[]> = {};
  for (const id of await liveRelations(event, endpoint, ports.tools)) {
    const sources = buildSources(await readProvider(id, ports), generation);
    if (sources === undefined) continue;
    all[id] = sources;
    await answer(id, sources, ports);
  }
  await keepSources(all, ports);
}

/** Forgets the data source of a unit. The answer is stale, as the library's is: it still names that unit's. */
async function dropUnit(
  { relation, unit }: { relation: number; unit: string },
  generation: Library,
  ports: PeerPorts,
): Promise<void> {
  const { sources } = await readPeers(ports);
  const known = sources[relation] ?? [];
  if (known.length === 0) return;
  await keepSources({ ...sources, [relation]: withoutUnit(known, unit, generation) }, ports);
  await answer(relation, known, ports);
}

async function readProvider(id: number, { tools }: PeerPorts) {
  const name = await tools.relationApp(id);
  const app = name === undefined ? undefined : await tools.relationGet(id, { app: name });
  const units: Record<string, Databag> = {};
  for (const unit of await tools.relationUnits(id))
    units[unit] = (await tools.relationGet(id, { unit })) ?? {};
  return { app: app ?? {}, units };
}

async function answer(id: number, sources: readonly DataSource[], ports: PeerPorts): Promise<void> {
  const { modelName, modelUuid, unitName } = ports.environment;
  const values = {
    grafana_uid: ['juju', modelName, modelUuid, ...unitName.split('/')].join('_'),
    grafana_base_url: baseUrl(ports),
    ...publishUids(sources),
  };
  await ports.tools.relationSet(id, { scope: 'app', values });
}
