import type { HookTools } from '../../../src/juju/hook-tools/hook-tools.ts';
import { Redacted } from '../../../src/juju/redacted.ts';

/** A call that Juju refuses in these words (Juju: internal/worker/uniter/runner). */
export interface Refusal {
  readonly tool: string;
  /** 2 for flags and arguments, 1 for a failure while running. */
  readonly code: 1 | 2;
  readonly message: string;
  readonly ask: (tools: HookTools) => Promise<unknown>;
}

const id = 'secret:9m4e2mr0ui3e8a215n4g';
const notLeader = 'this unit is not the leader';
const values = { password: new Redacted('hunter2') };
const unit = 'unit' as const;

const bySecret: readonly Refusal[] = [
  {
    ...{ tool: 'secret-add', code: 2, message: 'key "ab" not valid' },
    ask: (tools) => tools.secretAdd({ owner: unit, values: { ab: new Redacted('hunter2') } }),
  },
  {
    ...{ tool: 'secret-add', code: 1, message: notLeader },
    ask: (tools) => tools.secretAdd({ owner: 'application', values }),
  },
  {
    ...{ tool: 'secret-add', code: 2, message: 'negative expire duration "-1s" not valid' },
    ask: (tools) => tools.secretAdd({ owner: unit, values, expiry: { seconds: -1 } }),
  },
  {
    ...{ tool: 'secret-set', code: 1, message: notLeader },
    ask: (tools) => tools.secretSet(id, { values }),
  },
  {
    ...{ tool: 'secret-set', code: 2, message: 'missing secret URI' },
    ask: (tools) => tools.secretSet('', { label: 'x' }),
  },
  {
    ...{ tool: 'secret-get', code: 2, message: 'secret URI "secret:x" not valid' },
    ask: (tools) => tools.secretGet({ id: 'secret:x' }),
  },
  {
    ...{ tool: 'secret-grant', code: 2, message: 'relation not found' },
    ask: (tools) => tools.secretGrant(id, { relation: 99 }),
  },
  {
    ...{ tool: 'secret-grant', code: 1, message: 'secret "9m4e2mr0ui3e8a215n4g" not found' },
    ask: (tools) => tools.secretGrant(id, { relation: 7 }),
  },
  {
    ...{ tool: 'secret-grant', code: 2, message: 'cannot specify unit "a/0" in relation to application "b"' },
    ask: (tools) => tools.secretGrant(id, { relation: 7, unit: 'a/0' }),
  },
  {
    ...{ tool: 'secret-revoke', code: 2, message: 'do not specify both relation and app' },
    ask: (tools) => tools.secretRevoke(id, { app: 'pg' }),
  },
  {
    ...{ tool: 'secret-remove', code: 1, message: notLeader },
    ask: (tools) => tools.secretRemove(id),
  },
];

const byUnit: readonly Refusal[] = [
  {
    ...{ tool: 'state-set', code: 1, message: 'max allowed value length (65536) exceeded' },
    ask: (tools) => tools.stateSet({ big: 'x'.repeat(65_537) }),
  },
  {
    ...{ tool: 'state-set', code: 1, message: 'max allowed key length (256) exceeded' },
    ask: (tools) => tools.stateSet({ ['k'.repeat(257)]: 'x' }),
  },
  {
    ...{ tool: 'storage-add', code: 1, message: 'permission denied' },
    ask: (tools) => tools.storageAdd('data'),
  },
  {
    ...{ tool: 'open-port', code: 1, message: 'permission denied' },
    ask: (tools) => tools.openPort(9009, ['nowhere']),
  },
  {
    ...{ tool: 'network-get', code: 1, message: 'no network config found for binding "x"' },
    ask: (tools) => tools.networkGet('x'),
  },
  {
    ...{ tool: 'status-set', code: 1, message: notLeader },
    ask: (tools) => tools.statusSet({ status: 'active', message: '', application: true }),
  },
  {
    ...{ tool: 'status-get', code: 1, message: `finding application status: ${notLeader}` },
    ask: (tools) => tools.statusGet({ application: true }),
  },
  {
    ...{ tool: 'action-get', code: 1, message: 'not running an action' },
    ask: (tools) => tools.actionGet(),
  },
];

/** Calls that are mistakes of the charm's, and so errors. */
export const refusals: readonly Refusal[] = [...bySecret, ...byUnit];
