import { z } from 'zod';
import type { ToolAnswer, ToolCall } from '../../src/simulator/agent/tools/tool.ts';

/** Hook tools over a small memory. */
export interface SmallTools {
  /** What the charm has logged. */
  readonly log: readonly string[];
  /** Runs a tool; none fails. */
  run(call: ToolCall): Promise<ToolAnswer>;
  /** The tools that changed something since the last call. */
  takeChanges(): readonly string[];
}

/** The one dispatch that these are the tools of. */
export const contextId = 'rehearsal';
const unit = 'mimir-k8s/0';
const application = 'mimir-k8s';

/** One relation of each kind, by its id. */
const relations: Readonly<Record<string, { endpoint: string; app: string; units: readonly string[] }>> = {
  0: { endpoint: 'mimir-peers', app: application, units: [] },
  1: { endpoint: 'receive-remote-write', app: 'agent', units: ['agent/0'] },
  2: { endpoint: 'grafana-source', app: 'grafana', units: ['grafana/0'] },
  3: { endpoint: 'alertmanager', app: 'alertmanager', units: ['alertmanager/0'] },
};

const rules = { groups: [{ name: 'up', rules: [{ alert: 'Down', expr: 'up == 0' }] }] };

/** What the other sides have written, by relation and owner. */
const remoteBags: Readonly<Record<string, Record<string, string>>> = {
  '1 agent': { alert_rules: JSON.stringify(rules) },
  '2 grafana': { grafana_uid: 'g', datasource_uids: `{"${unit}": "d"}` },
  '3 alertmanager/0': { url: 'http://alertmanager-0.alertmanager-endpoints.m.svc.cluster.local:9093' },
};

type Read = (args: readonly string[]) => unknown;
type Write = (args: readonly string[], stdin: string) => void;

/** The tools that the charm needs, of a unit that leads; what it sets is read back. */
export function createSmallTools(): SmallTools {
  const log: string[] = [];
  const changes: string[] = [];
  const [reads, writes] = createTools();
  return {
    log,
    run: ({ name: tool, args, stdin }) => {
      const read = reads[tool];
      if (read === undefined && tool === 'juju-log') {
        log.push(args.join(' '));
      } else if (read === undefined) {
        writes[tool]?.(args, Buffer.from(stdin ?? []).toString('utf8'));
        changes.push(`${tool} ${args.join(' ')}`);
      }
      const stdout = read === undefined ? '' : JSON.stringify(read(args));
      return Promise.resolve({ code: 0, stdout, stderr: '' });
    },
    takeChanges: () => changes.splice(0),
  };
}

function createTools(): readonly [Readonly<Record<string, Read>>, Readonly<Record<string, Write>>] {
  const bags = new Map(Object.entries(remoteBags));
  const statuses = new Map<boolean, { status: string; message: string }>();
  const ports = new Set<string>();
  const reads: Readonly<Record<string, Read>> = {
    'is-leader': () => true,
    'goal-state': () => ({ units: { [unit]: { status: 'active' } }, relations: {} }),
    'config-get': () => ({ tsdb_block_retention_period: '24h', log_level: 'info' }),
    'opened-ports': () => [...ports],
    'storage-list': () => ['data/0'],
    'storage-get': () => ({ kind: 'filesystem', location: '/' }),
    'relation-ids': (args) => idsOf(args.at(-1) ?? ''),
    'relation-list': (args) => relations[idIn(args)]?.[args.includes('--app') ? 'app' : 'units'],
    'relation-get': (args) => bags.get(`${idIn(args)} ${args.at(-1) ?? ''}`) ?? {},
    'status-get': (args) => {
      const whole = args.includes('--application');
      const status = statuses.get(whole) ?? { status: 'unknown', message: '' };
      return whole ? { 'application-status': status } : status;
    },
  };
  const writes: Readonly<Record<string, Write>> = {
    'status-set': (args) => {
      const [status = '', message = ''] = args.filter((arg) => !arg.startsWith('-'));
      statuses.set(
        args.some((arg) => arg.startsWith('--application')),
        { status, message },
      );
    },
    'open-port': (args) => ports.add(args.at(-1) ?? ''),
    'relation-set': (args, stdin) => {
      const key = `${idIn(args)} ${args.includes('--app') ? application : unit}`;
      bags.set(key, { ...bags.get(key), ...z.record(z.string(), z.string()).parse(JSON.parse(stdin)) });
    },
  };
  return [reads, writes];
}

function idIn(args: readonly string[]): string {
  return args[args.indexOf('-r') + 1] ?? '';
}

function idsOf(endpoint: string): readonly string[] {
  return Object.entries(relations).flatMap(([id, relation]) =>
    relation.endpoint === endpoint ? [`${endpoint}:${id}`] : [],
  );
}

/** Juju's variables of an update-status. */
export function updateStatus(agent: string): Readonly<Record<string, string>> {
  return {
    JUJU_UNIT_NAME: unit,
    JUJU_MODEL_NAME: 'm',
    JUJU_MODEL_UUID: '5f0b2c7a-3a6e-4f9c-8e0d-8f6b6a0f2f11',
    JUJU_CHARM_DIR: '/',
    JUJU_CONTEXT_ID: contextId,
    JUJU_AGENT_SOCKET_NETWORK: 'unix',
    JUJU_AGENT_SOCKET_ADDRESS: agent,
    JUJU_VERSION: '3.6.8',
    JUJU_DISPATCH_PATH: 'hooks/update-status',
    JUJU_HOOK_NAME: 'update-status',
  };
}
