import type { HookTools } from '../../../src/juju/hook-tools/hook-tools.ts';
import type { Rule } from './jujuc.ts';

/** One call: what the tool answers, how it is asked, and what comes of it. */
export interface Question {
  readonly name: string;
  readonly answer: Omit<Rule, 'tool'>;
  readonly ask: (tools: HookTools) => Promise<unknown>;
  readonly result: unknown;
  readonly call: readonly [tool: string, ...args: string[]];
}

const gone = { code: 2, stderr: 'ERROR relation not found\n' };
const denied = { code: 1, stderr: 'ERROR permission denied\n' };
const json = (value: unknown) => ({ stdout: `${JSON.stringify(value)}\n` });

const reads: readonly Question[] = [
  {
    name: 'configGet reads the options that are set',
    answer: json({ retention: '1d', replicas: 3, verbose: false }),
    ask: (tools) => tools.configGet(),
    result: { retention: '1d', replicas: 3, verbose: false },
    call: ['config-get', '--format=json'],
  },
  {
    name: 'configGet takes null for no options',
    answer: json(null),
    ask: (tools) => tools.configGet(),
    result: {},
    call: ['config-get', '--format=json'],
  },
  {
    name: 'isLeader reads true',
    answer: json(true),
    ask: (tools) => tools.isLeader(),
    result: true,
    call: ['is-leader', '--format=json'],
  },
  {
    name: 'relationIds reads numbers in their order',
    answer: json(['db:10', 'db:9']),
    ask: (tools) => tools.relationIds('db'),
    result: [9, 10],
    call: ['relation-ids', '--format=json', 'db'],
  },
  {
    name: 'relationIds takes no output for no relations',
    answer: {},
    ask: (tools) => tools.relationIds('db'),
    result: [],
    call: ['relation-ids', '--format=json', 'db'],
  },
  {
    name: 'relationUnits reads the remote units',
    answer: json(['pg/0', 'pg/1']),
    ask: (tools) => tools.relationUnits(7),
    result: ['pg/0', 'pg/1'],
    call: ['relation-list', '--format=json', '-r', '7'],
  },
  {
    name: 'relationUnits finds none in a relation that is gone',
    answer: gone,
    ask: (tools) => tools.relationUnits(7),
    result: [],
    call: ['relation-list', '--format=json', '-r', '7'],
  },
  {
    name: 'relationApp reads the remote application',
    answer: json('pg'),
    ask: (tools) => tools.relationApp(7),
    result: 'pg',
    call: ['relation-list', '--format=json', '-r', '7', '--app'],
  },
  {
    name: 'relationApp finds none in a relation that is gone',
    answer: gone,
    ask: (tools) => tools.relationApp(7),
    result: undefined,
    call: ['relation-list', '--format=json', '-r', '7', '--app'],
  },
  {
    name: "relationGet reads a unit's databag",
    answer: json({ host: '10.0.0.1' }),
    ask: (tools) => tools.relationGet(7, { unit: 'pg/0' }),
    result: { host: '10.0.0.1' },
    call: ['relation-get', '--format=json', '-r', '7', '-', 'pg/0'],
  },
  {
    name: "relationGet reads an application's databag, be it empty",
    answer: json({}),
    ask: (tools) => tools.relationGet(7, { app: 'pg' }),
    result: {},
    call: ['relation-get', '--format=json', '-r', '7', '--app', '-', 'pg'],
  },
  {
    name: 'relationGet finds no databag that may not be read',
    answer: denied,
    ask: (tools) => tools.relationGet(7, { app: 'mimir' }),
    result: undefined,
    call: ['relation-get', '--format=json', '-r', '7', '--app', '-', 'mimir'],
  },
  {
    name: 'openedPorts reads single TCP ports',
    answer: json(['9009/tcp', '80/tcp', '53/udp', 'icmp', '8000-8010/tcp']),
    ask: (tools) => tools.openedPorts(),
    result: [80, 9009],
    call: ['opened-ports', '--format=json'],
  },
  {
    name: 'statusGet reads the status of the unit',
    answer: json({ message: 'ready', status: 'active', 'status-data': {} }),
    ask: (tools) => tools.statusGet({ application: false }),
    result: { status: 'active', message: 'ready' },
    call: ['status-get', '--format=json', '--include-data'],
  },
  {
    name: 'statusGet reads the status of the application',
    answer: json({ 'application-status': { message: '', status: 'unknown', units: { 'mimir/0': {} } } }),
    ask: (tools) => tools.statusGet({ application: true }),
    result: { status: 'unknown', message: '' },
    call: ['status-get', '--format=json', '--include-data', '--application'],
  },
  {
    name: 'actionGet reads the parameters',
    answer: json({ name: 'x', deep: { list: [1] } }),
    ask: (tools) => tools.actionGet(),
    result: { name: 'x', deep: { list: [1] } },
    call: ['action-get', '--format=json'],
  },
  {
    name: 'goalState reads units and relations',
    answer: json({
      units: { 'mimir/0': { status: 'dying', since: '2025-01-01 00:00:00Z' } },
      relations: { db: { pg: { status: 'joined', since: '2025-01-01 00:00:00Z' } } },
    }),
    ask: (tools) => tools.goalState(),
    result: {
      units: { 'mimir/0': { status: 'dying', since: '2025-01-01 00:00:00Z' } },
      relations: { db: { pg: { status: 'joined', since: '2025-01-01 00:00:00Z' } } },
    },
    call: ['goal-state', '--format=json'],
  },
  {
    name: 'networkGet reads the addresses',
    answer: json({
      'bind-addresses': [
        {
          'mac-address': '',
          'interface-name': '',
          addresses: [{ hostname: '', value: '10.1.89.35', cidr: '' }],
        },
      ],
      'egress-subnets': ['10.152.183.158/32'],
      'ingress-addresses': ['10.152.183.158'],
    }),
    ask: (tools) => tools.networkGet('mimir-peers'),
    result: {
      bindAddresses: ['10.1.89.35'],
      ingressAddresses: ['10.152.183.158'],
      egressSubnets: ['10.152.183.158/32'],
    },
    call: ['network-get', '--format=json', 'mimir-peers'],
  },
  {
    name: 'resourceGet reads a path, which has no newline',
    answer: { stdout: '/var/lib/juju/agents/unit-mimir-0/resources/x/y' },
    ask: (tools) => tools.resourceGet('x'),
    result: '/var/lib/juju/agents/unit-mimir-0/resources/x/y',
    call: ['resource-get', 'x'],
  },
  {
    name: 'storageList reads the ids of a storage',
    answer: json(['data/0']),
    ask: (tools) => tools.storageList('data'),
    result: ['data/0'],
    call: ['storage-list', '--format=json', 'data'],
  },
  {
    name: 'storageList reads all ids',
    answer: json(null),
    ask: (tools) => tools.storageList(),
    result: [],
    call: ['storage-list', '--format=json'],
  },
  {
    name: 'storageGet reads an attachment',
    answer: json({ kind: 'filesystem', location: '/var/lib/juju/storage/data/0' }),
    ask: (tools) => tools.storageGet('data/0'),
    result: { kind: 'filesystem', location: '/var/lib/juju/storage/data/0' },
    call: ['storage-get', '--format=json', '-s', 'data/0'],
  },
];

const writes: readonly Question[] = [
  {
    name: 'openPort opens a TCP port',
    answer: {},
    ask: (tools) => tools.openPort(9009),
    result: undefined,
    call: ['open-port', '9009/tcp'],
  },
  {
    name: 'closePort closes a TCP port',
    answer: {},
    ask: (tools) => tools.closePort(9009),
    result: undefined,
    call: ['close-port', '9009/tcp'],
  },
  {
    name: 'statusSet sets the status of the unit',
    answer: {},
    ask: (tools) => tools.statusSet({ status: 'active', message: '', application: false }),
    result: undefined,
    call: ['status-set', 'active', ''],
  },
  {
    name: 'statusSet sets the status of the application, with a message that looks like a flag',
    answer: {},
    ask: (tools) => tools.statusSet({ status: 'blocked', message: '-1 units', application: true }),
    result: undefined,
    call: ['status-set', '--application', '--', 'blocked', '-1 units'],
  },
  {
    name: 'applicationVersionSet sets the version',
    answer: {},
    ask: (tools) => tools.applicationVersionSet('3.0.5'),
    result: undefined,
    call: ['application-version-set', '3.0.5'],
  },
  {
    name: 'jujuLog logs a message that looks like a flag',
    answer: {},
    ask: (tools) => tools.jujuLog('ERROR', '--help\nmore'),
    result: undefined,
    call: ['juju-log', '--log-level', 'ERROR', '--', '--help\nmore'],
  },
  {
    name: 'actionSet sets nested results in one call',
    answer: {},
    ask: (tools) => tools.actionSet({ url: 'http://a=b', rules: { groups: 2, 'all-good': true } }),
    result: undefined,
    call: ['action-set', 'url=http://a=b', 'rules.groups=2', 'rules.all-good=true'],
  },
  {
    name: 'actionFail says why',
    answer: {},
    ask: (tools) => tools.actionFail('no such tenant'),
    result: undefined,
    call: ['action-fail', 'no such tenant'],
  },
  {
    name: 'actionLog shows a line',
    answer: {},
    ask: (tools) => tools.actionLog('half done'),
    result: undefined,
    call: ['action-log', 'half done'],
  },
];

/** What the charm asks in most hooks. */
export const questions: readonly Question[] = [...reads, ...writes];
