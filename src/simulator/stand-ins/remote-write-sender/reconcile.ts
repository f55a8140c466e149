import { join } from 'node:path';
import { z } from 'zod';
import type { Environment, Event, HookTools, Topology } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import { blocked, actOnOptions, inContainer, liveRelations, type UnitStatus } from '../run-dispatch.ts';
import { publishRules } from '../rule-file.ts';
import { takeAuthorities } from '../trusted-authorities.ts';
import { readExternalLabels, seriesLabels } from './labels.ts';
import { distinctUrls, journalPort, senderTargets, targetsFile, type SenderTargets } from './targets.ts';

/** The calls of Pebble that the charm makes. */
export type SenderPebble = Pick<PebbleClient, 'writeFile' | 'addLayer' | 'replan'>;

/** What the charm needs of the world. */
export interface SenderPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `sender`. */
  readonly pebble: SenderPebble;
}

const endpoint = 'send-remote-write';
const charmName = 'remote-write-sender';
const workload = join(import.meta.dirname, 'workload/sender.ts');

const options = z.object({
  interval_ms: senderTargets.shape.intervalMs,
  series: senderTargets.shape.series,
  metric_prefix: senderTargets.shape.metricPrefix,
  seed: z.int(),
  external_labels: z.string().default(''),
  shared_series: z.boolean().default(false),
  target: z.string().default(''),
  rules: z.string().default(''),
  raw_rules: z.string().default(''),
});
type Options = z.infer<typeof options>;

/** Makes the workload and the databags what the relations and options say, and sets the unit's status. */
export async function reconcile(event: Event, ports: SenderPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

async function apply(
  event: Event,
  config: Options,
  { tools, pebble, environment }: SenderPorts,
): Promise<UnitStatus> {
  const relations = await liveRelations(event, endpoint, tools);
  const authorities = await takeAuthorities(event, tools);
  const topology = topologyOf(environment);
  let labels: Record<string, string>;
  try {
    labels = labelsOf(config, topology, environment);
  } catch (error) {
    return blocked(`option external_labels: ${error instanceof Error ? error.message : String(error)}`);
  }
  const urls = distinctUrls(await remoteUnitBags(relations, tools));
  const problems = [
    await publish(config, topology, { relations, tools }),
    await runWorkload(
      {
        urls,
        labels,
        shared: areShared(config),
        intervalMs: config.interval_ms,
        series: config.series,
        metricPrefix: config.metric_prefix,
        seed: config.seed,
        authorities: [...authorities.certificates],
      },
      pebble,
    ),
    authorities.problem,
  ];
  return problems.find((problem) => problem !== undefined) ?? healthy(urls);
}

async function remoteUnitBags(
  relations: readonly number[],
  tools: HookTools,
): Promise<Record<string, string>[]> {
  const bags: Record<string, string>[] = [];
  for (const id of relations) {
    for (const unit of await tools.relationUnits(id))
      bags.push({ ...(await tools.relationGet(id, { unit })) });
  }
  return bags;
}

function topologyOf({ modelName, modelUuid, appName, unitName }: Environment): Topology {
  return { model: modelName, modelUuid, application: appName, unit: unitName, charmName };
}

/** Labels of every series: the series' own go before those of the sender (Prometheus: processExternalLabels). */
function labelsOf(config: Options, topology: Topology, environment: Environment): Record<string, string> {
  const { target } = config;
  const read = target === '' ? topology : { ...topology, application: target };
  const own = seriesLabels(read, areShared(config));
  return { ...readExternalLabels(config.external_labels, environment), ...own };
}

function areShared({ shared_series: byUnits, target }: Options): boolean {
  return byUnits || target !== '';
}

/** Publishes the rules to every relation, if this unit leads; bad rules are left out, and said. */
async function publish(
  { rules, raw_rules: raw }: Options,
  topology: Topology,
  { relations, tools }: { relations: readonly number[]; tools: HookTools },
): Promise<UnitStatus | undefined> {
  let text: string;
  try {
    text = raw === '' ? publishRules(rules, topology) : raw;
  } catch (error) {
    return blocked(`option rules: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!(await tools.isLeader())) return undefined;
  for (const id of relations) await tools.relationSet(id, { scope: 'app', values: { alert_rules: text } });
  return undefined;
}

/** Tells the workload its targets, and has Pebble run it; the workload itself sees when its targets change. */
function runWorkload(targets: SenderTargets, pebble: SenderPebble): Promise<UnitStatus | undefined> {
  return inContainer('sender', async () => {
    await pebble.writeFile({ path: targetsFile, content: JSON.stringify(targets), makeDirs: true });
    await pebble.addLayer('sender', senderLayer(), { combine: true });
    await pebble.replan();
  });
}

function senderLayer() {
  const command = `${process.execPath} ${workload} ${targetsFile} ${journalPort}`;
  return {
    services: {
      sender: { override: 'replace', summary: 'Remote-write sender', command, startup: 'enabled' },
    },
  } as const;
}

function healthy(urls: readonly string[]): UnitStatus {
  if (urls.length === 0) return { status: 'waiting', message: `waiting for a URL over ${endpoint}` };
  return { status: 'active', message: `sends to ${urls.join(', ')}` };
}
