import { join } from 'node:path';
import { z } from 'zod';
import type { Environment, HookTools } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import {
  actOnOptions,
  blocked,
  type Hook,
  inContainer,
  liveRelations,
  remoteAppBag,
  type UnitStatus,
} from '../run-dispatch.ts';
import { takeAuthorities } from '../trusted-authorities.ts';
import { publishUrl, requirerApp, requirerUnit } from './requirer.ts';
import { ingressPort, type Route, type Routing } from './routes.ts';

/** The calls of Pebble that the charm makes. */
export type ProxyPebble = Pick<PebbleClient, 'addLayer' | 'replan' | 'writeFile'>;

/** What the charm needs of the world. */
export interface IngressPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `proxy`. */
  readonly pebble: ProxyPebble;
}

const workload = join(import.meta.dirname, 'workload/ingress.ts');
const routingFile = '/tmp/routing.json';
const options = z.object({ external_hostname: z.string() });

/** Hands the routes of all related applications to the proxy, has Pebble run it, and gives each its URL. */
export async function reconcile(event: Hook, ports: IngressPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

async function apply(
  event: Hook,
  set: z.infer<typeof options>,
  { tools, pebble, environment: { appName, modelName } }: IngressPorts,
): Promise<UnitStatus> {
  const found: Route[] = [];
  const faults: string[] = [];
  const authorities = await takeAuthorities(event, tools);
  const isLeader = await tools.isLeader();
  const host = set.external_hostname || `${appName}.${modelName}.svc.cluster.local`;
  for (const id of await liveRelations(event, 'ingress', tools)) {
    const route = await readRoute(id, tools);
    if (typeof route === 'string') faults.push(`relation ${id}: ${route}`);
    else if (route !== undefined) found.push(route);
    // A provider gives nothing to a requirer whose bags it cannot read.
    const url = typeof route === 'object' ? `http://${host}${route.prefix}` : undefined;
    if (isLeader) await tools.relationSet(id, { scope: 'app', values: publishUrl(url) });
  }
  await tools.openPort(ingressPort);
  const problem = await inContainer('proxy', async () => {
    const routing: Routing = { routes: found, authorities: [...authorities.certificates] };
    const content = JSON.stringify(routing);
    await pebble.writeFile({ path: routingFile, content, permissions: '644' });
    await pebble.addLayer('proxy', layer(), { combine: true });
    await pebble.replan();
  });
  if (problem !== undefined) return problem;
  if (faults.length > 0) return blocked(faults.join('; '));
  return authorities.problem ?? { status: 'active', message: '' };
}

/** The route of a relation, what is wrong with it, or undefined as long as the other side has written nothing. */
async function readRoute(id: number, tools: HookTools): Promise<Route | string | undefined> {
  const bag = await remoteAppBag(id, tools);
  if (bag === undefined || !('name' in bag)) return undefined;
  const backend = requirerApp.safeParse(bag);
  if (!backend.success) return z.prettifyError(backend.error);
  const hosts: string[] = [];
  for (const unit of await tools.relationUnits(id)) {
    const told = requirerUnit.safeParse(await tools.relationGet(id, { unit }));
    if (!told.success) return `${unit}: ${z.prettifyError(told.error)}`;
    hosts.push(told.data.host);
  }
  const { model, name, port, scheme, 'strip-prefix': stripPrefix, healthcheck_params: health } = backend.data;
  return {
    ...{ prefix: `/${model}-${name}`, stripPrefix, healthPath: health?.path },
    servers: hosts.toSorted().map((host) => `${scheme}://${host}:${port}`),
  };
}

function layer() {
  const command = `${process.execPath} ${workload} ${ingressPort} ${routingFile}`;
  return {
    services: { proxy: { override: 'replace', summary: 'Ingress', command, startup: 'enabled' } },
  } as const;
}
