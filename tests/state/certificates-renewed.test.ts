import { describe, expect, test } from 'vitest';
import {
  answer,
  type CertifiedUnits,
  change,
  hear,
  renew,
  settle,
  speech,
  statusOf,
  unitsOverTls,
} from '../support/certified-units.ts';
import { kinds, ofKind } from '../support/effects.ts';
import { anHour, authorities, issuedFor } from '../support/issued-certificates.ts';
import { starts } from '../support/several-units.ts';

const [zero, one, two] = ['mimir-k8s/0', 'mimir-k8s/1', 'mimir-k8s/2'] as const;
const all = [zero, one, two] as const;
const minutes = (count: number) => new Date(anHour.notBefore.getTime() + count * 60_000);

/** The provider answers a unit with a certificate of this authority that ends so many minutes after the first began. */
async function give(world: CertifiedUnits, unit: string, to: { authority: 0 | 1; ends: number }) {
  const { unitKey } = world.units.snapshots.get(unit) ?? {};
  if (unitKey === undefined) throw new Error(`${unit} has asked for none`);
  const period = { notBefore: anHour.notBefore, notAfter: minutes(to.ends) };
  world.answers.set(unitKey.request, issuedFor(unitKey, { authority: authorities[to.authority], period }));
  return hear(world, unit);
}

test('renewed certificates restart one unit at a time also while an option is wrong', async () => {
  const world = await unitsOverTls(3);
  for (const unit of all) change(world, unit, { options: { log_level: 'loud' } });
  await settle(world);
  expect(statusOf(world, one)).toContain('log_level');
  for (const unit of all) {
    await renew(world, unit);
    answer(world, unit);
  }
  for (const unit of [one, two]) {
    await hear(world, unit);
    expect(starts(await hear(world, unit))).toBe(false);
  }
  await settle(world);
  expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([3, 3, 3]);
  expect(speech(world)).toEqual(['authority 0', 'authority 0', 'authority 0']);
});

describe('a provider that has another authority by now, and has revoked nothing', () => {
  const replaced = async () => {
    const world = await unitsOverTls(3);
    await renew(world, one);
    await give(world, one, { authority: 1, ends: 120 });
    return world;
  };

  test('is asked anew by all as soon as one of them has its certificate, with their keys', async () => {
    const world = await replaced();
    for (const unit of [zero, two]) {
      const key = world.units.snapshots.get(unit)?.unitKey?.privateKey.reveal();
      const [asked] = ofKind(await hear(world, unit), 'request-certificate');
      expect(asked?.privateKey?.reveal()).toBe(key);
      await give(world, unit, { authority: 1, ends: 120 });
    }
    await settle(world);
    expect(speech(world)).toEqual(['authority 1', 'authority 1', 'authority 1']);
  });

  test('is not asked for ever if it has several', async () => {
    const world = await replaced();
    await hear(world, zero);
    await give(world, zero, { authority: 0, ends: 121 });
    for (const unit of [zero, one, zero])
      expect(kinds(await hear(world, unit))).not.toContain('request-certificate');
    expect(statusOf(world, one)).toBe(
      '[units] All units change at once, when mimir-k8s/0, mimir-k8s/2 can, too.',
    );
  });

  test('blocks a unit whose certificate has ended meanwhile, and says what to do', async () => {
    const world = await replaced();
    change(world, one, { now: minutes(61) });
    await hear(world, one);
    expect(statusOf(world, one)).toMatch(
      /^\[certificates\] The certificate has ended on .*, and the new one is of an authority that mimir-k8s\/0, mimir-k8s\/2 /,
    );
  });
});
