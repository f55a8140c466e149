import type { Effect } from '../../src/charm/effect.ts';
import { serviceName } from '../../src/charm/layer.ts';
import type { EndpointSnapshot, Known, RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import { type Databag, Redacted } from '../../src/juju/index.ts';
import { paths } from '../../src/mimir/paths.ts';
import type { RuleGroup } from '../../src/mimir/rule-group.ts';
import type { Container } from './builders.ts';

/** What becomes of the world when effects are carried out and Mimir takes all that it is given and comes up. */
export function afterwards(snapshot: Snapshot, effects: readonly Effect[]): Snapshot {
  return effects.reduce(afterOne, snapshot);
}

function afterOne(snapshot: Snapshot, effect: Effect): Snapshot {
  switch (effect.kind) {
    case 'push-files':
    case 'remove-file':
    case 'add-layer':
    case 'stop-service':
    case 'kill-service':
    case 'replan':
      return afterPebble(snapshot, effect);
    case 'put-rule-group':
    case 'delete-rule-group':
    case 'delete-namespace':
      return afterRuler(snapshot, effect);
    case 'set-alertmanager-config':
      return { ...snapshot, alertmanagerConfig: effect.config };
    case 'delete-alertmanager-config':
      return { ...snapshot, alertmanagerConfig: undefined };
    case 'relation-set':
      return afterRelationSet(snapshot, effect);
    case 'open-port':
      return { ...snapshot, openedPorts: [...snapshot.openedPorts, effect.port] };
    case 'close-port':
      return { ...snapshot, openedPorts: snapshot.openedPorts.filter((port) => port !== effect.port) };
    case 'set-status': {
      const { status, message } = effect;
      const shown = { status, message };
      return effect.application
        ? { ...snapshot, applicationStatus: shown }
        : { ...snapshot, unitStatus: shown };
    }
    case 'keep-user-state':
      return afterPebble(snapshot, { kind: 'push-files', files: [{ path: paths.userState, content: '{}' }] });
    case 'restore-user-state':
      return afterPebble(snapshot, { kind: 'remove-file', path: paths.userState });
    case 'ask-peers':
      return { ...snapshot, peersDown: [] };
    case 'flush':
      return { ...snapshot, flushed: true };
    case 'request-certificate': {
      const { names, privateKey = new Redacted('a new key') } = effect;
      return { ...snapshot, unitKey: { privateKey, request: 'a request', names } };
    }
    case 'remove-key':
      return { ...snapshot, unitKey: undefined };
    case 'expire-request':
    case 'remove-key-revision':
    case 'push-probe':
    case 'prepare-shutdown':
    case 'validate-config':
    case 'await-mimir':
    case 'set-version':
      return snapshot;
  }
}

type PebbleEffect = Extract<
  Effect,
  { kind: 'push-files' | 'remove-file' | 'add-layer' | 'stop-service' | 'kill-service' | 'replan' }
>;

function afterPebble(snapshot: Snapshot, effect: PebbleEffect): Snapshot {
  const { workload } = snapshot;
  if (!workload.reachable) throw new Error(`cannot ${effect.kind}: the container cannot be reached`);
  return { ...snapshot, workload: { ...workload, ...changedContainer(workload, effect) } };
}

function changedContainer({ files, plan, service }: Container, effect: PebbleEffect): Partial<Container> {
  switch (effect.kind) {
    case 'push-files': {
      const pushed = effect.files.map(({ path, content }) => [path, content.toString()] as const);
      return { files: new Map([...files, ...pushed]) };
    }
    case 'remove-file':
      return { files: new Map([...files].filter(([path]) => path !== effect.path)) };
    case 'add-layer': {
      const services = { ...plan.services, ...effect.layer.services };
      const checks = { ...plan.checks, ...effect.layer.checks };
      const targets = { ...plan['log-targets'], ...effect.layer['log-targets'] };
      // Pebble: a service of the plan is inactive from the start.
      const isIn = service === 'absent' && serviceName in services;
      return { plan: { services, checks, 'log-targets': targets }, service: isIn ? 'inactive' : service };
    }
    case 'stop-service':
    case 'kill-service':
      return { service: 'inactive', ready: false };
    case 'replan': {
      const enabled = plan.services[serviceName]?.startup === 'enabled';
      return enabled ? { service: 'active', ready: true } : {};
    }
  }
}

type RuleEffect = Extract<Effect, { kind: 'put-rule-group' | 'delete-rule-group' | 'delete-namespace' }>;

function afterRuler(snapshot: Snapshot, effect: RuleEffect): Snapshot {
  if (snapshot.ruler === 'unobserved') throw new Error(`cannot ${effect.kind}: the ruler was not read`);
  const ruler = new Map(snapshot.ruler);
  const held = ruler.get(effect.namespace) ?? [];
  if (effect.kind === 'delete-namespace') ruler.delete(effect.namespace);
  else if (effect.kind === 'put-rule-group')
    ruler.set(effect.namespace, [...others(held, effect.group.name), effect.group]);
  else ruler.set(effect.namespace, others(held, effect.name));
  return { ...snapshot, ruler };
}

function others(groups: readonly RuleGroup[], name: string): readonly RuleGroup[] {
  return groups.filter((group) => group.name !== name);
}

type Write = Extract<Effect, { kind: 'relation-set' }>;

const scopeBag = { unit: 'unitBag', app: 'appBag' } as const;

function afterRelationSet(snapshot: Snapshot, write: Write): Snapshot {
  const {
    peers,
    senders,
    otlpSenders,
    grafanas,
    apiClients,
    datasourcePeers,
    catalogues,
    scrapers,
    ingress,
    authorities,
    certificates,
    lokis,
    s3,
    workloadTracing,
    charmTracing,
  } = snapshot;
  const isPeers = peers?.id === write.relationId;
  return {
    ...snapshot,
    peers: isPeers
      ? { ...peers, [scopeBag[write.scope]]: merged(peers[scopeBag[write.scope]], write.values) }
      : peers,
    senders: writtenIn(senders, write),
    otlpSenders: writtenIn(otlpSenders, write),
    grafanas: writtenIn(grafanas, write),
    apiClients: writtenIn(apiClients, write),
    datasourcePeers: writtenIn(datasourcePeers, write),
    catalogues: writtenIn(catalogues, write),
    scrapers: writtenIn(scrapers, write),
    ingress: writtenInto(ingress, write),
    authorities: writtenInto(authorities, write),
    certificates: writtenInto(certificates, write),
    lokis: writtenInto(lokis, write),
    s3: writtenInto(s3, write),
    workloadTracing: writtenInto(workloadTracing, write),
    charmTracing: writtenInto(charmTracing, write),
  };
}

function writtenIn(endpoint: Known<EndpointSnapshot>, write: Write): Known<EndpointSnapshot> {
  return endpoint === 'unobserved' ? endpoint : writtenInto(endpoint, write);
}

function writtenInto(endpoint: EndpointSnapshot, write: Write): EndpointSnapshot {
  const relations = endpoint.relations.map((relation): RelationSnapshot => {
    return relation.id === write.relationId ? { ...relation, ...written(relation, write) } : relation;
  });
  return { ...endpoint, relations };
}

function written(
  { unitBag, appBag }: { unitBag: Databag; appBag: Known<Databag> },
  { scope, values }: Write,
): { unitBag: Databag; appBag: Known<Databag> } {
  if (scope === 'unit') return { unitBag: merged(unitBag, values), appBag };
  if (appBag === 'unobserved') throw new Error('cannot relation-set: our application bag was not read');
  return { unitBag, appBag: merged(appBag, values) };
}

function merged(bag: Databag, values: Databag): Databag {
  return Object.fromEntries(Object.entries({ ...bag, ...values }).filter(([, value]) => value !== ''));
}
