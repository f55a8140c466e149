import { describe, expect, test } from 'vitest';
import { paths } from '../../src/mimir/paths.ts';
import { identity } from '../support/builders.ts';
import { anAskingWorld, give, ofCertificates, requestOf } from '../support/fake-certificates.ts';
import { aSettledWorld, type FakeWorld, forget, runHook } from '../support/fake-ports.ts';
import { authorities } from '../support/issued-certificates.ts';

const label = 'unit-key';
const updateStatus = { kind: 'update-status' } as const;
const broken = { kind: 'relation-broken', ...ofCertificates } as const;

function secretOf({ juju }: FakeWorld) {
  const secret = juju.ownSecrets.get(label);
  if (secret === undefined) throw new Error('there is no secret');
  return secret;
}

const revisionsOf = (world: FakeWorld) => [...secretOf(world).revisions.keys()];

/** The unit's private key, by the latest revision of its secret. */
function keyOf(world: FakeWorld): string {
  const latest = secretOf(world).revisions.get(Math.max(...revisionsOf(world)));
  return latest?.['private-key']?.reveal() ?? '';
}

/** Juju tells that a revision has expired. */
async function expire(world: FakeWorld, revision: number): Promise<void> {
  await runHook(world, { kind: 'secret-expired', id: secretOf(world).id, label, revision });
}

const peerBag = ({ juju }: FakeWorld, owner: string) => juju.relations.get(0)?.bags.get(owner) ?? {};

const remove = async (world: FakeWorld) => {
  await runHook(world, broken);
  world.juju.relations.delete(ofCertificates.relationId);
};

describe('the key of a unit', () => {
  test('is made once, with one request, whatever events follow', async () => {
    const world = await anAskingWorld();
    const [key, request] = [keyOf(world), requestOf(world)];
    expect(world.juju.writes).toContain(`secret-add ${label} unit`);
    await runHook(world, updateStatus);
    await runHook(world, { kind: 'relation-changed', ...ofCertificates });
    await give(world);
    await runHook(world, { kind: 'config-changed' });
    expect(revisionsOf(world)).toEqual([1]);
    expect([keyOf(world), requestOf(world)]).toEqual([key, request]);
    expect(world.container.files.get(paths.tlsFiles.key)).toBe(key);
  });

  test('is not made for a hook that Juju runs again after it ended badly, but in that one anew', async () => {
    const world = await aSettledWorld();
    const asking = await anAskingWorld();
    world.juju.relations = new Map(
      [...asking.juju.relations].map(([id, each]) => [id, { ...each, bags: new Map() }]),
    );
    world.container.restless = true;
    await expect(runHook(world, updateStatus)).rejects.toThrow(/^cannot settle/);
    expect(world.juju.ownSecrets.size).toBe(0);
    world.container.restless = false;
    await runHook(world, updateStatus);
    expect(revisionsOf(world)).toEqual([1]);
    await give(world);
    expect(world.container.files.get(paths.tlsFiles.key)).toBe(keyOf(world));
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
  });

  test('has Juju tell when the certificate is due, which is nine tenths of its time', async () => {
    const world = await anAskingWorld();
    expect(secretOf(world).expiresAt).toBeUndefined();
    const before = Math.floor(world.clock.date().getTime() / 1000) * 1000;
    await give(world);
    expect(secretOf(world).expiresAt?.getTime()).toBe(before + 54 * 60_000);
    forget(world);
    await runHook(world, updateStatus);
    expect(world.juju.writes).toEqual([]);
  });

  test('stays when its request has expired, and the one that is made then outlives that', async () => {
    const world = await anAskingWorld();
    await give(world);
    const [key, request] = [keyOf(world), requestOf(world)];
    const { started } = world.container;
    await expire(world, 1);
    expect(revisionsOf(world)).toEqual([1, 2]);
    expect(keyOf(world)).toBe(key);
    expect(requestOf(world)).not.toBe(request);
    expect(world.juju.unitStatus).toMatchObject({ status: 'active' });
    const shown = world.container.files.get(paths.tlsFiles.certificate);
    await give(world);
    expect(world.container.files.get(paths.tlsFiles.certificate)).not.toBe(shown);
    expect(world.container.started).toBe(started);
  });

  test.each(['secret-expired', 'secret-remove'] as const)(
    'loses the revision that has expired when Juju tells of it by another %s, and asks for nothing then',
    async (kind) => {
      const world = await anAskingWorld();
      await give(world);
      await expire(world, 1);
      await give(world);
      const request = requestOf(world);
      const { id, expiresAt } = secretOf(world);
      await runHook(world, { kind, id, label, revision: 1 });
      expect(revisionsOf(world)).toEqual([2]);
      expect(requestOf(world)).toBe(request);
      expect(secretOf(world).expiresAt).toEqual(expiresAt);
      await runHook(world, updateStatus);
      expect(requestOf(world)).toBe(request);
    },
  );

  test('is another one after its certificate was revoked', async () => {
    const world = await anAskingWorld();
    await give(world);
    const key = keyOf(world);
    await give(world, { revoked: true });
    expect(revisionsOf(world)).toEqual([1, 2]);
    expect(keyOf(world)).not.toBe(key);
    expect(world.container.files.get(paths.tlsFiles.key)).toBe(key);
    await give(world);
    expect(world.container.files.get(paths.tlsFiles.key)).toBe(keyOf(world));
    const { id } = secretOf(world);
    await runHook(world, { kind: 'secret-remove', id, label, revision: 1 });
    expect(revisionsOf(world)).toEqual([2]);
  });

  test('goes with the relation, and with it all that Mimir had of it', async () => {
    const world = await anAskingWorld();
    const untouched = await aSettledWorld();
    await give(world);
    await remove(world);
    expect(world.juju.ownSecrets.size).toBe(0);
    // It tells nobody anything, and is there for the next time.
    world.container.files.delete(paths.probe);
    expect(world.container.files).toEqual(untouched.container.files);
    expect(world.container.plan).toEqual(untouched.container.plan);
    expect([...world.juju.relations.keys()]).toEqual([0]);
    for (const owner of [identity.unit, identity.application])
      expect(peerBag(world, owner)).toEqual(peerBag(untouched, owner));
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
    forget(world);
    await runHook(world, updateStatus);
    expect(world.juju.writes).toEqual([]);
  });

  test('goes also if it never got a certificate', async () => {
    const world = await anAskingWorld();
    await remove(world);
    expect(world.juju.ownSecrets.size).toBe(0);
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
  });
});

describe('where others may look', () => {
  /** All but the secret and the file for Mimir. */
  function shown({ juju, container, log }: FakeWorld): string {
    const bags = [...juju.relations.values()].map(({ bags }) => [...bags]);
    const files = [...container.files].filter(([path]) => path !== paths.tlsFiles.key);
    const { unitStatus, applicationStatus, writes } = juju;
    const { plan, started } = container;
    return JSON.stringify([bags, files, unitStatus, applicationStatus, writes, plan, started, log]);
  }

  /** The parts of a key, however its lines are joined. */
  const partsOf = (key: string) => key.split('\n').filter((line) => line.length > 20);

  test('nothing of the key ever shows: no log line, status, databag, other file or plan', async () => {
    const world = await anAskingWorld();
    const keys = new Set([keyOf(world)]);
    const steps = [
      () => give(world),
      () => runHook(world, updateStatus),
      () => expire(world, 1),
      () => give(world, { authority: authorities[1] }),
      () => give(world, { revoked: true }),
      () => give(world),
      () => runHook(world, { kind: 'upgrade-charm' }),
      () => remove(world),
    ];
    for (const step of steps) {
      await step();
      if (world.juju.ownSecrets.size > 0) keys.add(keyOf(world));
      const text = shown(world);
      expect(text).not.toContain('PRIVATE KEY');
      for (const part of [...keys].flatMap(partsOf)) expect(text).not.toContain(part);
    }
    expect(keys.size).toBe(2);
    expect(world.log.length).toBeGreaterThan(10);
  });
});
