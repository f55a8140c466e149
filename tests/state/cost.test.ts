import { expect, test } from 'vitest';
import type { HookEvent } from '../../src/charm/dispatch.ts';
import type { CallCount } from '../support/counted-ports.ts';
import { alertRules } from '../support/builders.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { aFakeWorld, runHook, type FakeWorld } from '../support/fake-ports.ts';

/** A unit, as one of several that differ in what is related to it. */
interface Model {
  readonly name: string;
  readonly senders: number;
  readonly leader: boolean;
}

const models: readonly Model[] = [
  { name: 'alone', senders: 0, leader: true },
  { name: 'one sender', senders: 1, leader: true },
  { name: '100 senders', senders: 100, leader: true },
  { name: '100 senders, not the leader', senders: 100, leader: false },
];

/** Ids of the senders' relations begin with this. */
const first = 100;

function relateSenders({ juju }: FakeWorld, count: number): void {
  for (let id = first; id < first + count; id += 1) {
    const application = `sender-${id}`;
    const bags = { [application]: alertRules(`cpu-${id}`, 'up == 0'), [`${application}/0`]: {} };
    juju.relations.set(id, aFakeRelation('receive-remote-write', application, bags));
  }
}

const ofSender = (remoteUnit: string | undefined): HookEvent => ({
  kind: 'relation-changed',
  endpoint: 'receive-remote-write',
  relationId: first,
  remoteApp: `sender-${first}`,
  remoteUnit,
});

/** What happens, in this order; the world is first made so, if anything has to be. */
const happenings: readonly (readonly [string, HookEvent, ((world: FakeWorld) => void)?])[] = [
  ['pebble-ready, the first', { kind: 'pebble-ready', container: 'mimir' }],
  ['update-status, nothing to do', { kind: 'update-status' }],
  ['config-changed, nothing to do', { kind: 'config-changed' }],
  [
    'config-changed, a limit',
    { kind: 'config-changed' },
    ({ juju }) => (juju.options = { ...juju.options, max_global_exemplars_per_user: 1000 }),
  ],
  [
    'config-changed, with a restart',
    { kind: 'config-changed' },
    ({ juju }) => (juju.options = { ...juju.options, log_level: 'debug' }),
  ],
  ["relation-changed of a sender's unit, nothing to do", ofSender(`sender-${first}/0`)],
  [
    'relation-changed of a sender, its rules',
    ofSender(undefined),
    ({ juju }) => {
      const bags = juju.relations.get(first)?.bags;
      bags?.set(`sender-${first}`, alertRules('disk', 'up == 0'));
    },
  ],
  [
    'pebble-check-recovered',
    { kind: 'pebble-check-recovered', container: 'mimir', checkName: 'mimir-ready' },
  ],
  ['leader-elected, nothing to do', { kind: 'leader-elected' }],
  ['upgrade-charm, nothing to do', { kind: 'upgrade-charm' }],
];

async function costOf({ senders, leader }: Model): Promise<readonly (CallCount | undefined)[]> {
  const world = aFakeWorld();
  world.juju.leader = leader;
  relateSenders(world, senders);
  const counts: (CallCount | undefined)[] = [];
  for (const [, event, make] of happenings) {
    const apart =
      (event.kind === 'relation-changed' && senders === 0) || (event.kind === 'leader-elected' && !leader);
    make?.(world);
    counts.push(apart ? undefined : await runHook(world, event));
  }
  return counts;
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const cell = (count: CallCount | undefined) =>
  count === undefined ? '' : `${count.hookTools} + ${count.pebble} + ${count.mimir}`;

const page = (table: readonly string[]) => `# What an event costs

Calls of one dispatch: to Juju's hook tools + to Pebble + to Mimir's API; lines for the log are not counted. A test makes
this page and compares it: a change that costs more, or less, shows here.

${table.join('\n')}
`;

test('each event costs what the page on costs says', async () => {
  const costs = await Promise.all(models.map(costOf));
  const table = [
    row(['event', ...models.map(({ name }) => name)]),
    row(['---', ...models.map(() => '---:')]),
    ...happenings.map(([name], index) => row([name, ...costs.map((counts) => cell(counts[index]))])),
  ];
  await expect(page(table)).toMatchFileSnapshot('../../docs/reference/costs.md');
});
