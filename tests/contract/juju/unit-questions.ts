import type { Question } from './questions.ts';

const json = (value: unknown) => ({ stdout: `${JSON.stringify(value)}\n` });
const fails = (code: number, message: string) => ({ code, stderr: `ERROR ${message}\n` });

const state: readonly Question[] = [
  {
    name: 'stateGet reads a value',
    answer: json('half\ndone'),
    ask: (tools) => tools.stateGet('step'),
    result: 'half\ndone',
    call: ['state-get', '--format=json', '--strict', 'step'],
  },
  {
    name: 'stateGet reads an empty value, by a key that looks like a flag',
    answer: json(''),
    ask: (tools) => tools.stateGet('-step'),
    result: '',
    call: ['state-get', '--format=json', '--strict', '--', '-step'],
  },
  {
    name: 'stateGet finds no value that was not stored',
    answer: fails(1, '"step" not found'),
    ask: (tools) => tools.stateGet('step'),
    result: undefined,
    call: ['state-get', '--format=json', '--strict', 'step'],
  },
  {
    name: 'stateEntries reads all values',
    answer: json({ step: '2', empty: '' }),
    ask: (tools) => tools.stateEntries(),
    result: { step: '2', empty: '' },
    call: ['state-get', '--format=json'],
  },
  {
    name: 'stateEntries takes null for no values',
    answer: json(null),
    ask: (tools) => tools.stateEntries(),
    result: {},
    call: ['state-get', '--format=json'],
  },
  {
    name: 'stateDelete forgets a value',
    answer: {},
    ask: (tools) => tools.stateDelete('-step'),
    result: undefined,
    call: ['state-delete', '--', '-step'],
  },
];

const ports: readonly Question[] = [
  {
    name: 'openPort opens a TCP port for some endpoints',
    answer: {},
    ask: (tools) => tools.openPort(9009, ['ingress', 'grafana-source']),
    result: undefined,
    call: ['open-port', '--endpoints', 'ingress,grafana-source', '9009/tcp'],
  },
  {
    name: 'closePort closes a TCP port for an endpoint',
    answer: {},
    ask: (tools) => tools.closePort(9009, ['ingress']),
    result: undefined,
    call: ['close-port', '--endpoints', 'ingress', '9009/tcp'],
  },
  {
    name: 'openedPortsByEndpoint reads what each port was opened for',
    answer: json(['9009/tcp (a, b)', '80/tcp (*)', '53/udp (*)', '8000-8010/tcp (a)']),
    ask: (tools) => tools.openedPortsByEndpoint(),
    result: [
      { port: 80, endpoints: 'all' },
      { port: 9009, endpoints: ['a', 'b'] },
    ],
    call: ['opened-ports', '--format=json', '--endpoints'],
  },
  {
    name: 'openedPortsByEndpoint takes null for no ports',
    answer: json(null),
    ask: (tools) => tools.openedPortsByEndpoint(),
    result: [],
    call: ['opened-ports', '--format=json', '--endpoints'],
  },
];

const place: readonly Question[] = [
  {
    name: 'unitAddress reads the private address',
    answer: json('10.1.89.35'),
    ask: (tools) => tools.unitAddress('private'),
    result: '10.1.89.35',
    call: ['unit-get', '--format=json', 'private-address'],
  },
  {
    name: 'unitAddress finds no public address',
    answer: fails(1, 'public address not found'),
    ask: (tools) => tools.unitAddress('public'),
    result: undefined,
    call: ['unit-get', '--format=json', 'public-address'],
  },
  {
    name: 'storageAdd asks for one more instance',
    answer: {},
    ask: (tools) => tools.storageAdd('data'),
    result: undefined,
    call: ['storage-add', 'data=1'],
  },
  {
    name: 'storageAdd asks for several more instances',
    answer: {},
    ask: (tools) => tools.storageAdd('data', 3),
    result: undefined,
    call: ['storage-add', 'data=3'],
  },
  {
    name: 'storageGet finds no attachment where Juju says nothing',
    answer: json(null),
    ask: (tools) => tools.storageGet('data/0'),
    result: undefined,
    call: ['storage-get', '--format=json', '-s', 'data/0'],
  },
  {
    name: 'relationModel reads the uuid of the remote model',
    answer: json({ uuid: '5b4a5a8e-1f3f-4d3c-8a3a-0d3b1d1c2b3a' }),
    ask: (tools) => tools.relationModel(7),
    result: '5b4a5a8e-1f3f-4d3c-8a3a-0d3b1d1c2b3a',
    call: ['relation-model-get', '--format=json', '-r', '7'],
  },
  {
    name: 'relationModel finds none in a relation that is gone',
    answer: fails(2, 'relation not found'),
    ask: (tools) => tools.relationModel(7),
    result: undefined,
    call: ['relation-model-get', '--format=json', '-r', '7'],
  },
  {
    name: 'goalState takes null for nothing wanted',
    answer: json({ units: null, relations: null }),
    ask: (tools) => tools.goalState(),
    result: { units: {}, relations: {} },
    call: ['goal-state', '--format=json'],
  },
  {
    name: 'actionGet takes null for no parameters',
    answer: json(null),
    ask: (tools) => tools.actionGet(),
    result: {},
    call: ['action-get', '--format=json'],
  },
];

/** Tools for what belongs to the unit: its state, ports, storage and addresses. */
export const unitQuestions: readonly Question[] = [...state, ...ports, ...place];
