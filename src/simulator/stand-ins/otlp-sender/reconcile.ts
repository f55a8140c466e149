import { xz } from '@napi-rs/lzma';
import { z } from 'zod';
import type { Environment, HookTools, Topology } from '../../../juju/index.ts';
import { publishRules } from '../rule-file.ts';
import { actOnOptions, blocked, type Hook, liveRelations, type UnitStatus } from '../run-dispatch.ts';
import { takeAuthorities } from '../trusted-authorities.ts';
import { endpoint, readBaseUrls } from './endpoints.ts';

/** What the charm needs of the world. */
export interface SenderPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
}

const options = z.object({ rules: z.string().default(''), raw_rules: z.string().default('') });
type Options = z.infer<typeof options>;

/** Publishes the rules, if this unit leads, and sets the unit's status. */
export async function reconcile(event: Hook, ports: SenderPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

/** Where a unit stands in Juju, with the name of this charm. */
export function topologyOf({ modelName, modelUuid, appName, unitName }: Environment): Topology {
  return { model: modelName, modelUuid, application: appName, unit: unitName, charmName: 'otlp-sender' };
}

async function apply(
  event: Hook,
  { rules, raw_rules: raw }: Options,
  { environment, tools }: SenderPorts,
): Promise<UnitStatus> {
  const relations = await liveRelations(event, endpoint, tools);
  const { problem } = await takeAuthorities(event, tools);
  const topology = topologyOf(environment);
  let text: string;
  try {
    text = raw === '' ? packedRules(publishRules(rules, topology)) : raw;
  } catch (error) {
    return blocked(`option rules: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (await tools.isLeader()) {
    const values = { rules: text, metadata: metadataOf(topology) };
    for (const id of relations) await tools.relationSet(id, { scope: 'app', values });
  }
  if (problem !== undefined) return problem;
  const urls = await readBaseUrls(relations, tools);
  if (urls.length === 0) return { status: 'waiting', message: `waiting for an endpoint over ${endpoint}` };
  return { status: 'active', message: `can send to ${urls.join(', ')}` };
}

/** The bundle of the rules, compressed as the library does it: JSON of base64 of xz. */
function packedRules(promql: string): string {
  return JSON.stringify(xz.compressSync(`{"logql":{},"promql":${promql}}`).toString('base64'));
}

function metadataOf({ model, modelUuid, application, unit, charmName }: Topology): string {
  return JSON.stringify({ model, model_uuid: modelUuid, application, unit, charm_name: charmName });
}
