import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Environment, HookTools } from '../../../juju/index.ts';
import { dataSource, type DataSource } from './datasources.ts';

/** What the peer application bag is read and written with. */
export interface PeerPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
}

/** Data sources by relation id: the library keeps them in Grafana's peer relation, and so they survive its units. */
export type SourcesByRelation = Readonly<Record<string, readonly DataSource[]>>;

const peerBag = z.object({
  sources: z
    .string()
    .default('{}')
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.array(dataSource))),
  admin_password: z.string().optional(),
});

/** What the peers know. */
export interface PeerBag {
  readonly sources: SourcesByRelation;
  /** Absent until a leader has made it. */
  readonly adminPassword: string | undefined;
}

/** Reads what the peers know, which any unit may; nothing if there is no peer relation yet. */
export async function readPeers({ environment, tools }: PeerPorts): Promise<PeerBag> {
  const [id] = await tools.relationIds('grafana');
  const bag = id === undefined ? undefined : await tools.relationGet(id, { app: environment.appName });
  const { sources, admin_password: adminPassword } = peerBag.parse(bag ?? {});
  return { sources, adminPassword };
}

/** Keeps the data sources of all relations; only the leader may. */
export async function keepSources(sources: SourcesByRelation, ports: PeerPorts): Promise<void> {
  await keep({ sources: JSON.stringify(sources) }, ports);
}

/** Makes the administrator's password, if there is none; only the leader may. */
export async function ensureAdminPassword(ports: PeerPorts): Promise<void> {
  const { adminPassword } = await readPeers(ports);
  if (adminPassword === undefined)
    await keep({ admin_password: randomBytes(15).toString('base64url') }, ports);
}

async function keep(values: Readonly<Record<string, string>>, { tools }: PeerPorts): Promise<void> {
  const [id] = await tools.relationIds('grafana');
  if (id !== undefined) await tools.relationSet(id, { scope: 'app', values });
}
