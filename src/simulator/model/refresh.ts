import { applicationOf, relationsOf, withApplication } from './access.ts';
import type { Charm } from './charm.ts';
import { keepValid } from './config.ts';
import { JujuError } from './errors.ts';
import { addPeers } from './new-relation.ts';
import type { Application, Model } from './records.ts';

/** `juju refresh`: another charm of the same name, other resources, or both. */
export interface RefreshCommand {
  readonly command: 'refresh';
  readonly application: string;
  /** Undefined keeps the charm. */
  readonly charm: Charm | undefined;
  readonly resources: Readonly<Record<string, string>>;
}

/**
 * Gives an application its new charm: what the pods are made of changes with the revision, so they are replaced one
 * after the other. Options that the new charm does not have, or not of that type, lose what was set (Juju: SetCharm).
 */
export function refresh(model: Model, command: RefreshCommand): Model {
  const application = applicationOf(model, command.application);
  const { name, revision } = application;
  if (application.life !== 'alive') throw new JujuError(`application "${name}" is not alive`);
  const charm = command.charm ?? application.charm;
  checkCharm(model, application, charm);
  checkResources(charm, command.resources);
  const kept = Object.entries(application.resources).filter(
    ([resource]) => charm.resources[resource] !== undefined,
  );
  const refreshed = withApplication(model, name, {
    ...{ charm, revision: revision + 1, config: keepValid(charm, application.config) },
    resources: { ...Object.fromEntries(kept), ...command.resources },
  });
  return addPeers(refreshed, { name, charm });
}

/** Refuses resources that the charm does not have. */
export function checkResources(charm: Charm, resources: Readonly<Record<string, string>>): void {
  for (const resource of Object.keys(resources)) {
    if (charm.resources[resource] === undefined) throw new JujuError(`unrecognized resource "${resource}"`);
  }
}

function checkCharm(model: Model, application: Application, charm: Charm): void {
  const { name, charm: old } = application;
  if (charm.name !== old.name) throw new JujuError(`cannot refresh "${old.name}" to "${charm.name}"`);
  const refusal = `cannot upgrade application "${name}" to charm "${charm.name}"`;
  const storage = Object.keys(old.storage).find((candidate) => charm.storage[candidate] === undefined);
  if (storage !== undefined) throw new JujuError(`${refusal}: storage "${storage}" removed`);
  const broken = relationsOf(model, name).find((relation) =>
    relation.ends.some((end) => {
      if (end.application !== name) return false;
      const endpoint = charm.endpoints[end.endpoint];
      return endpoint?.role !== end.role || endpoint.interface !== relation.interface;
    }),
  );
  if (broken === undefined) return;
  const ends = broken.ends.map((end) => `${end.application}:${end.endpoint}`).join(' ');
  throw new JujuError(`${refusal}: would break relation "${ends}"`);
}
