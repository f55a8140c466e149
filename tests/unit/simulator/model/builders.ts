import { parseCharm } from '../../../../src/simulator/model/charm.ts';
import { begin, finish } from '../../../../src/simulator/model/finish.ts';
import { agentStarted } from '../../../../src/simulator/model/lifecycle.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type {
  BagChange,
  HookChanges,
  Operation,
  Outcome,
} from '../../../../src/simulator/model/operation.ts';
import { emptyModel } from '../../../../src/simulator/model/records.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import { step } from '../../../../src/simulator/model/step.ts';

/** Provides `db`, has peers, a container, a storage and two options. */
export const server = parseCharm({
  metadata: `
name: server
containers: { engine: { resource: engine-image } }
resources: { engine-image: { type: oci-image } }
storage: { data: { type: filesystem } }
peers: { friends: { interface: friends } }
provides: { db: { interface: db }, admin: { interface: db, limit: 1 } }
`,
  config: 'options: { size: { type: int, default: 1 }, name: { type: string }, loud: { type: boolean } }',
  actions: 'backup: { params: { target: { type: string, default: disk } }, required: [level] }',
});

/** Requires `db`, and nothing else. */
export const client = parseCharm({
  metadata: 'name: client\nrequires: { db: { interface: db, limit: 2 }, cache: { interface: cache } }',
});

/** No changes. */
export const nothing: HookChanges = {
  bags: [],
  openPorts: [],
  closePorts: [],
  secrets: [],
  charmState: undefined,
};

/** A model with a deployed server and client whose pods run; nothing ran yet. */
export function aModel(units: { server?: number; client?: number } = {}): Model {
  const first = deploy(emptyModel('m', 'uuid'), 'server', units.server ?? 1);
  const both = deploy(first, 'client', units.client ?? 1);
  return Object.keys(both.units).reduce((model, name) => agentUp(model, name), both);
}

/** A deployed application, without pods. */
export function deploy(model: Model, name: 'server' | 'client', units: number): Model {
  const charm = name === 'server' ? server : client;
  const facts = { config: {}, resources: {}, storage: {}, trust: false };
  return step(model, { command: 'deploy', application: name, charm, units, ...facts });
}

/** Starts the agent of a unit in a first pod. */
export function agentUp(model: Model, name: string, newPod = true): Model {
  return agentStarted(model, name, { address: `10.0.0.${name.length}`, newPod });
}

/** Runs a unit's next operation, and says which it was. */
export function runNext(
  model: Model,
  unit: string,
  outcome: Outcome = { kind: 'success', changes: nothing },
): { readonly model: Model; readonly operation: Operation } {
  const operation = nextOperation(model, unit);
  if (operation === undefined) throw new Error(`${unit} has nothing to do`);
  return { model: finish(begin(model, unit, operation), unit, { operation, outcome }), operation };
}

/** Runs units until they have nothing to do; the names of the operations go to `seen`. */
export function settle(model: Model, unit: string, seen: string[] = []): Model {
  let current = model;
  while (nextOperation(current, unit) !== undefined) {
    const ran = runNext(current, unit);
    seen.push(describe(ran.operation));
    current = ran.model;
    if (seen.length > 100) throw new Error(`${unit} does not come to rest: ${seen.join(', ')}`);
  }
  return current;
}

/** Settles all units, in turns, until none has anything to do. */
export function settleAll(model: Model): Model {
  let current = model;
  while (Object.keys(current.units).some((name) => nextOperation(current, name) !== undefined)) {
    for (const name of Object.keys(current.units)) current = settle(current, name);
  }
  return current;
}

/** What a unit runs until it rests. */
export function hooksOf(model: Model, unit: string): readonly string[] {
  const seen: string[] = [];
  settle(model, unit, seen);
  return seen;
}

/** A hook that writes into bags, run as the unit's next. */
export function writeIn(model: Model, unit: string, bags: readonly BagChange[]): Model {
  return runNext(model, unit, { kind: 'success', changes: { ...nothing, bags } }).model;
}

/** A settled, integrated model; relation 1 is `db` between server and client. */
export function anIntegratedModel(units: { server?: number; client?: number } = {}): Model {
  return settleAll(integrate(settleAll(aModel(units))));
}

/** The model with server's `db` and client's `db` related. */
export function integrate(model: Model): Model {
  return step(model, { command: 'integrate', endpoints: ['server:db', 'client:db'] });
}

/** The model with config-changed due on the server's units, as an opportunity to write. */
export function nudge(model: Model, application: 'server' | 'client', size: string): Model {
  return step(model, { command: 'config', application, set: { size }, reset: [] });
}

function describe(operation: Operation): string {
  if (operation.kind !== 'relation') return operation.name;
  return operation.remoteUnit === undefined ? operation.name : `${operation.name} ${operation.remoteUnit}`;
}
