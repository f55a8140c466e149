import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAuthority, authority, trustAuthority, trusting } from '../support/certificates-story.ts';
import {
  beginUnitsStory,
  expectFlawless,
  overTlsOf,
  refusals,
  unitNames,
  type UnitsStory,
} from '../support/load/units-story.ts';
import { alertFile, mimirPid, runAction } from '../support/mimir-story.ts';
import { storeObstacle, storeReason } from '../support/object-store.ts';
import { fingerprintOn } from '../support/shown-certificate.ts';
import { eventually } from '../support/simulation.ts';

const all = unitNames(3);
const [zero = '', one = '', two = ''] = all;
const host = 'mimir-k8s.demo.svc.cluster.local';

/** How long renewals are watched: at the shortest for one of a certificate of 60 s. */
const seconds = Number(process.env['RENEWAL_SECONDS'] ?? 65);

const pidsOf = ({ simulation }: UnitsStory, units: readonly string[]) =>
  Promise.all(units.map((unit) => mimirPid(simulation, unit)));

describe.skipIf(storeObstacle !== undefined)(`a unit with certificates for 60 s${storeReason}`, () => {
  let story: UnitsStory;
  beforeAll(async () => {
    story = await beginUnitsStory({ units: 1, validity: '60s' });
  });
  afterAll(() => story.simulation.close());

  test(`renews them without a restart, a failed query or a lost sample for ${seconds} s`, async () => {
    const { ca } = await trusting(story.simulation);
    const port = story.simulation.forwarded(zero, 9009);
    const before = await pidsOf(story, [zero]);
    const shown = new Set<string>();
    const report = await story.during([zero], async () => {
      const end = Date.now() + seconds * 1000;
      while (Date.now() < end) {
        shown.add(await fingerprintOn(port, { ca, servername: host }));
        await sleep(1000);
      }
    });
    expectFlawless(report, [zero]);
    expect(await pidsOf(story, [zero])).toEqual(before);
    expect(shown.size).toBeGreaterThanOrEqual(1 + Math.floor(seconds / 60));
    expect(await story.lost([zero])).toEqual([]);
    console.log(`${shown.size} certificates of 60 s in ${seconds} s, no restart`);
  });
});

describe.skipIf(storeObstacle !== undefined)(`units that are given certificates${storeReason}`, () => {
  let story: UnitsStory;
  beforeAll(async () => {
    story = await beginUnitsStory({ units: 2 });
    const set = { rules: alertFile('shared', 'OverTls') };
    await story.simulation.ask({ command: 'config', application: 'sender', set, reset: [] });
  });
  afterAll(() => story.simulation.close());

  test('all change to TLS together and lose nothing', async () => {
    await addAuthority(story.simulation);
    await trustAuthority(story.simulation, ['sender']);
    await story.simulation.settle();
    story = await overTlsOf(story);
    await story.active([zero, one]);
    expect(await story.lost([zero, one])).toEqual([]);
    for (const unit of [zero, one])
      expect(await story.simulation.inClear.direct(unit)('/ready')).toMatchObject({ status: 400 });
  });

  test('take in another unit, which waits until it has one, too', async () => {
    await story.simulation.ask({ command: 'scale-application', application: 'mimir-k8s', units: 3 });
    await story.simulation.settle();
    await story.active(all);
    expect(await story.lost(all)).toEqual([]);
  });

  test('restart one at a time for certificates that are renewed, and no query fails', async () => {
    const before = await pidsOf(story, all);
    const report = await story.during(all, async () => {
      await runAction(story.simulation, `${authority}/0`, { action: 'revoke' });
      await story.simulation.settle();
      await story.active(all);
    });
    expect([refusals(report), report.short]).toEqual([[], []]);
    const now = await pidsOf(story, all);
    expect(now.filter((pid, index) => pid === before[index])).toEqual([]);
    expect(await story.lost(all)).toEqual([]);
  });

  test('all change to another authority together and lose nothing', async () => {
    await runAction(story.simulation, `${authority}/0`, { action: 'rotate-ca' });
    await story.simulation.settle();
    story = await overTlsOf(story);
    await story.active(all);
    expect(await story.lost(all)).toEqual([]);
  });

  test('serve on when the pod of one is lost', async () => {
    const others = [zero, one];
    const report = await story.during(others, async () => {
      await story.simulation.ask({ command: 'kill', unit: two, target: { kind: 'pod' } });
      await story.simulation.settle();
      await story.active(all);
    });
    expectFlawless(report, others);
    expect(await story.lost(all)).toEqual([]);
  });

  // Last: an Alertmanager that took over a moment ago has an alert only when the ruler sends it again, a minute later.
  test('evaluate rules meanwhile, and each answers with their alert', async () => {
    for (const unit of all) {
      const ask = story.simulation.direct(unit);
      expect((await ask('/prometheus/api/v1/rules')).text).toContain('OverTls');
      await eventually(
        `the alert of ${unit}`,
        async () => {
          const { text } = await ask('/alertmanager/api/v2/alerts');
          return text.includes('OverTls') ? true : undefined;
        },
        75,
      );
    }
  });
});
