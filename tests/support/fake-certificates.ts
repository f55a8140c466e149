import { readRequests } from '../../src/interfaces/tls-certificates.ts';
import { identity } from './builders.ts';
import { aFakeRelation } from './fake-juju.ts';
import { aSettledWorld, type FakeWorld, runHook } from './fake-ports.ts';
import { answersWith, authorities, issuedFor } from './issued-certificates.ts';

/** The provider's relation, as events tell it. */
export const ofCertificates = {
  endpoint: 'certificates',
  relationId: 9,
  remoteApp: 'ca',
  remoteUnit: undefined,
} as const;

/** A lone leader that serves in clear, and has asked for a certificate just now. */
export async function anAskingWorld(): Promise<FakeWorld> {
  const world = await aSettledWorld();
  const { endpoint, relationId, remoteApp } = ofCertificates;
  world.juju.relations.set(relationId, aFakeRelation(endpoint, remoteApp));
  await runHook(world, { kind: 'relation-created', ...ofCertificates });
  return world;
}

/** The request for a certificate that the unit has published, in PEM. */
export function requestOf({ juju }: FakeWorld): string {
  const read = readRequests(juju.relations.get(ofCertificates.relationId)?.bags.get(identity.unit) ?? {});
  const [request] = read.ok ? read.value : [];
  if (request === undefined) throw new Error('cannot answer: the unit asks for nothing');
  return request;
}

/** The provider answers with a certificate for an hour from now on, and the unit hears of it. */
export async function give(
  world: FakeWorld,
  { authority = authorities[0], revoked = false } = {},
): Promise<void> {
  const notBefore = new Date(Math.floor(world.clock.date().getTime() / 1000) * 1000);
  const period = { notBefore, notAfter: new Date(notBefore.getTime() + 3_600_000) };
  const issued = issuedFor({ request: requestOf(world) }, { authority, period, revoked });
  const bag = answersWith({ certificates: [issued] });
  world.juju.relations.get(ofCertificates.relationId)?.bags.set(ofCertificates.remoteApp, bag);
  await runHook(world, { kind: 'relation-changed', ...ofCertificates });
}
