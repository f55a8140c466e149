import { describe, expect, test } from 'vitest';
import { paths } from '../../src/mimir/paths.ts';
import {
  answer,
  type CertifiedUnits,
  change,
  hear,
  inClear,
  lead,
  readUrl,
  relate,
  renew,
  revoke,
  scaleTo,
  senderId,
  settle,
  speech,
  statusOf,
  told,
  unitsInClear,
  unitsOverTls,
  unrelate,
  urlOf,
} from '../support/certified-units.ts';
import { kinds, ofKind, pushedIn, writtenTo } from '../support/effects.ts';
import { authorities } from '../support/issued-certificates.ts';
import { starts } from '../support/several-units.ts';

const [zero, one, two, three] = ['mimir-k8s/0', 'mimir-k8s/1', 'mimir-k8s/2', 'mimir-k8s/3'] as const;
const all = [zero, one, two] as const;
const clear = 'http://mimir-k8s.cos.svc.cluster.local:9009/api/v1/push';
const secure = clear.replace('http:', 'https:');
const allInClear = [inClear, inClear, inClear];
const allOf = (authority: 0 | 1) => all.map(() => `authority ${authority}`);

const urls = (world: CertifiedUnits) => [...world.units.snapshots.keys()].map((unit) => urlOf(world, unit));
const wordOf = ({ units }: CertifiedUnits) => units.appBag['tls'];

/** Three units that were related just now, and have asked for certificates. */
async function asking(): Promise<CertifiedUnits> {
  const world = await unitsInClear(3);
  relate(world);
  await settle(world);
  return world;
}

/** The provider answers these units, and each of them sees it. */
async function give(world: CertifiedUnits, ...units: readonly string[]): Promise<void> {
  for (const unit of units) {
    answer(world, unit);
    await hear(world, unit);
  }
}

describe('units that get certificates one after another', () => {
  test('serve in clear until all have one, and name those that they wait for', async () => {
    const world = await asking();
    expect(statusOf(world, one)).toContain('Waiting for the certificate');
    await give(world, two, zero);
    await settle(world);
    expect(speech(world)).toEqual(allInClear);
    expect(urls(world)).toEqual([clear, clear, clear]);
    expect(wordOf(world)).toBeUndefined();
    expect(statusOf(world, zero)).toBe('[units] All units change at once, when mimir-k8s/1 can, too.');
    expect(statusOf(world, one)).toContain('Waiting for the certificate');
  });

  test('wait for the leader’s word, in words, also when they know that all can', async () => {
    const world = await asking();
    await give(world, zero, one, two);
    await hear(world, one);
    expect(speech(world)).toEqual(allInClear);
    expect(statusOf(world, one)).toBe('[units] All units change to the new certificates at once.');
  });

  test('then change all together, not one at a time, and tell all others', async () => {
    const world = await asking();
    await give(world, zero, one, two);
    for (const unit of all) {
      const done = await hear(world, unit);
      expect(starts(done)).toBe(true);
      expect(kinds(done)).not.toContain('ask-peers');
      expect(readUrl(writtenTo(done, senderId).unit ?? {})).toBe(secure);
      expect(told(world, unit)).not.toHaveProperty('restart_wanted');
    }
    expect(speech(world)).toEqual(allOf(0));
    await settle(world);
    expect(all.map((unit) => statusOf(world, unit))).toEqual(['', '', '']);
    expect(world.units.appBag).not.toHaveProperty('restart_turn');
  });

  test('do so each once', async () => {
    const world = await unitsOverTls(3);
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([2, 2, 2]);
  });

  test('do so whoever leads, once it has heard of all', async () => {
    const world = await asking();
    await give(world, zero, one);
    lead(world, two);
    await give(world, two);
    expect(wordOf(world)).toMatch(/^[0-9a-f]{16}$/);
    await settle(world);
    expect(speech(world)).toEqual(allOf(0));
  });

  test('do so without one that leaves before it has got any', async () => {
    const world = await asking();
    await give(world, zero, one);
    await settle(world);
    expect(speech(world)).toEqual(allInClear);
    scaleTo(world, 2);
    await settle(world);
    expect(speech(world)).toEqual(['authority 0', 'authority 0']);
  });

  test('wait for each of a number that grows', async () => {
    const world = await asking();
    await give(world, zero, one);
    scaleTo(world, 4);
    await hear(world, three);
    await give(world, two);
    await settle(world);
    expect(speech(world)).toEqual([...allInClear, inClear]);
    await give(world, three);
    await settle(world);
    expect(speech(world)).toEqual([...allOf(0), 'authority 0']);
  });
});

describe('a unit that joins others over TLS', () => {
  const joined = async () => {
    const world = await unitsOverTls(3);
    scaleTo(world, 4);
    await settle(world);
    return world;
  };

  test('does not start before it has a certificate, says so, and never tells anyone a URL in clear', async () => {
    const world = await joined();
    expect(speech(world)).toEqual(allOf(0));
    expect(world.started.get(three)).toBeUndefined();
    expect(statusOf(world, three)).toContain('Waiting for the certificate');
    expect(urlOf(world, three)).toBe(secure);
    expect(all.map((unit) => statusOf(world, unit))).toEqual(['', '', '']);
  });

  test('starts over TLS then, once, and nobody else restarts', async () => {
    const world = await joined();
    const before = all.map((unit) => world.started.get(unit)?.length);
    await settle(world, { answering: true });
    expect(speech(world)).toEqual([...allOf(0), 'authority 0']);
    expect(world.started.get(three)).toEqual([expect.stringContaining('BEGIN CERTIFICATE')]);
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual(before);
    expect(statusOf(world, three)).toBe('');
  });

  test('does not start with a certificate of another authority than theirs, and says whom it waits for', async () => {
    const world = await joined();
    world.authority = authorities[1];
    await give(world, three);
    await settle(world);
    expect(world.started.get(three)).toBeUndefined();
    expect(statusOf(world, three)).toBe(
      '[units] All units change at once, when mimir-k8s/0, mimir-k8s/1, mimir-k8s/2 can, too.',
    );
    for (const unit of all) await renew(world, unit);
    await settle(world, { answering: true });
    expect(speech(world)).toEqual([...allOf(1), 'authority 1']);
    expect(world.started.get(three)).toHaveLength(1);
  });

  test('has the others show renewed certificates meanwhile, and restart for them once it serves', async () => {
    const world = await joined();
    await renew(world, one);
    await give(world, one);
    await settle(world);
    const { workload } = world.units.snapshots.get(one) ?? {};
    const shown = workload?.reachable === true && workload.files.get(paths.tlsFiles.certificate);
    expect(shown).not.toBe(world.started.get(one)?.at(-1));
    await settle(world, { answering: true });
    expect(world.started.get(one)?.at(-1)).toBe(shown);
    expect(world.started.get(one)).toHaveLength(3);
  });

  test('of a lone unit over TLS does the same', async () => {
    const world = await unitsOverTls(1);
    scaleTo(world, 3);
    await settle(world);
    expect(speech(world)).toEqual(['authority 0']);
    await settle(world, { answering: true });
    expect(speech(world)).toEqual(allOf(0));
    for (const unit of [one, two]) expect(world.started.get(unit)).toHaveLength(1);
  });
});

describe('renewed certificates of the same authority', () => {
  const renewed = async () => {
    const world = await unitsOverTls(3);
    for (const unit of all) await renew(world, unit);
    return world;
  };

  test('are asked for while the old ones are shown, and nothing restarts', async () => {
    const world = await renewed();
    await settle(world);
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([2, 2, 2]);
    expect(statusOf(world, one)).toContain('Waits for a new certificate');
  });

  test('are shown by HTTP at once, and restart the units one at a time', async () => {
    const world = await renewed();
    for (const unit of all) answer(world, unit);
    const done = await hear(world, one);
    expect([...pushedIn(done).keys()]).toEqual([paths.tlsFiles.certificate]);
    expect(starts(done)).toBe(false);
    expect(statusOf(world, one)).toBe('[units] Restarts with the new configuration after the other units.');
    await hear(world, two);
    await hear(world, zero);
    expect(starts(await hear(world, two))).toBe(false);
    const restart = await hear(world, one);
    expect(kinds(restart).indexOf('ask-peers')).toBeLessThan(kinds(restart).indexOf('await-mimir'));
    await settle(world);
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([3, 3, 3]);
    expect(all.map((unit) => statusOf(world, unit))).toEqual(['', '', '']);
    expect(speech(world)).toEqual(allOf(0));
  });

  test('restart all units without a turn once too few serve: gossip has ended with the old ones', async () => {
    const world = await renewed();
    for (const unit of all) {
      answer(world, unit);
      const { workload } = world.units.snapshots.get(unit) ?? {};
      if (workload?.reachable === true) change(world, unit, { workload: { ...workload, quorumLost: true } });
    }
    for (const unit of all) {
      const done = await hear(world, unit);
      expect(starts(done)).toBe(true);
      expect(kinds(done)).not.toContain('ask-peers');
      expect(starts(await hear(world, unit))).toBe(false);
    }
  });

  test('do not take another option past its turn with them then', async () => {
    const world = await renewed();
    answer(world, one);
    const { workload } = world.units.snapshots.get(one) ?? {};
    if (workload?.reachable === true) change(world, one, { workload: { ...workload, quorumLost: true } });
    change(world, one, { options: { log_level: 'debug' } });
    expect(starts(await hear(world, one))).toBe(false);
  });

  test('are no matter of the others, which wait for nothing', async () => {
    const world = await unitsOverTls(3);
    await renew(world, two);
    await settle(world);
    expect([zero, one].map((unit) => statusOf(world, unit))).toEqual(['', '']);
    await give(world, two);
    await settle(world);
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([2, 2, 3]);
  });
});

describe('certificates of another authority', () => {
  const rotated = async () => {
    const world = await unitsOverTls(3);
    world.authority = authorities[1];
    for (const unit of all) await renew(world, unit);
    return world;
  };

  test('change nothing until all have one', async () => {
    const world = await rotated();
    await give(world, two, zero);
    await settle(world);
    expect(speech(world)).toEqual(allOf(0));
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([2, 2, 2]);
    expect(statusOf(world, two)).toBe('[units] All units change at once, when mimir-k8s/1 can, too.');
    const [first] = world.started.get(two)?.slice(-1) ?? [];
    const { workload } = world.units.snapshots.get(two) ?? {};
    expect(workload?.reachable === true && workload.files.get(paths.tlsFiles.certificate)).toBe(first);
  });

  test('change all units together then, each once', async () => {
    const world = await rotated();
    await give(world, two, zero, one);
    for (const unit of all) {
      const done = await hear(world, unit);
      expect(starts(done)).toBe(true);
      expect(kinds(done)).not.toContain('ask-peers');
    }
    await settle(world);
    expect(speech(world)).toEqual(allOf(1));
    expect(all.map((unit) => world.started.get(unit)?.length)).toEqual([3, 3, 3]);
    expect(urls(world)).toEqual([secure, secure, secure]);
  });

  test('do not wait for a unit that is gone', async () => {
    const world = await rotated();
    await give(world, zero, one);
    world.units.snapshots.delete(two);
    for (const unit of [zero, one]) change(world, unit, { plannedUnits: 2 });
    await settle(world);
    expect(speech(world)).toEqual(['authority 1', 'authority 1']);
  });

  test('are what the last one of several changes to alone', async () => {
    const world = await rotated();
    await give(world, zero);
    scaleTo(world, 1);
    await settle(world);
    expect(speech(world)).toEqual(['authority 1']);
  });

  test('of which one is revoked before all have them wait for the one that comes instead', async () => {
    const world = await rotated();
    await give(world, two);
    revoke(world, two);
    await hear(world, two);
    await give(world, one, zero);
    await settle(world);
    expect(speech(world)).toEqual(allOf(0));
    await give(world, two);
    await settle(world);
    expect(speech(world)).toEqual(allOf(1));
  });
});

describe('when the provider is gone', () => {
  test('a unit that hears of it before the leader serves on over TLS', async () => {
    const world = await unitsOverTls(3);
    unrelate(world);
    expect(starts(await hear(world, one))).toBe(false);
    expect(speech(world)).toEqual(allOf(0));
  });

  test('all go back to plain HTTP together, by the leader’s word', async () => {
    const world = await unitsOverTls(3);
    unrelate(world);
    for (const unit of all) {
      const done = await hear(world, unit);
      expect(starts(done)).toBe(true);
      expect(kinds(done)).not.toContain('ask-peers');
      expect(readUrl(writtenTo(done, senderId).unit ?? {})).toBe(clear);
    }
    expect(speech(world)).toEqual(allInClear);
  });

  test('nothing is left that was not there before', async () => {
    const world = await unitsOverTls(3);
    unrelate(world);
    await settle(world);
    const never = await unitsInClear(3);
    for (const unit of all) {
      const [now, then] = [world, never].map(({ units }) => units.snapshots.get(unit));
      expect(now?.peers).toEqual(then?.peers);
      expect(now?.senders).toEqual(then?.senders);
      expect(now?.workload).toEqual(then?.workload);
      expect(now?.unitKey).toBeUndefined();
    }
    expect(world.units.appBag).toEqual(never.units.appBag);
  });

  test('the files go only after the Mimir that reads them', async () => {
    const world = await unitsOverTls(3);
    unrelate(world);
    for (const unit of all) {
      const done = await hear(world, unit);
      const removal = done.findIndex(
        (each) => each.kind === 'remove-file' && each.path === paths.tlsFiles.key,
      );
      expect(removal).toBeGreaterThan(kinds(done).indexOf('await-mimir'));
      expect(ofKind(done, 'remove-key')).toHaveLength(1);
    }
  });

  test('and another one comes, all change to its certificates together', async () => {
    const world = await unitsOverTls(3);
    world.authority = authorities[1];
    relate(world);
    await settle(world);
    expect(speech(world)).toEqual(allInClear);
    await settle(world, { answering: true });
    expect(speech(world)).toEqual(allOf(1));
    expect(urls(world)).toEqual([secure, secure, secure]);
  });
});
