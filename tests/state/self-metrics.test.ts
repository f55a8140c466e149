import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { allRelations, aRunningSnapshot, aSender, identity } from '../support/builders.ts';
import { effectsOf, writtenTo } from '../support/effects.ts';
import { publishUrl } from '../../src/simulator/stand-ins/ingress/requirer.ts';

const scrapers = allRelations(aSender(12, { application: 'prometheus' }));
const host = 'mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local';
const toldIn = (changes: Partial<Snapshot>) => writtenTo(effectsOf(aRunningSnapshot(changes)), 12);

describe('those that scrape Mimir', () => {
  test('are told where each unit has its metrics', () => {
    const { app, unit } = toldIn({ scrapers });
    expect(JSON.parse(app?.['scrape_jobs'] ?? '')).toEqual([
      { metrics_path: '/metrics', static_configs: [{ targets: ['*:9009'] }] },
    ]);
    expect(unit).toMatchObject({
      prometheus_scrape_unit_name: 'mimir-k8s/0',
      prometheus_scrape_unit_address: host,
    });
  });

  test('are told the same by whichever unit leads', () => {
    const other = { identity: { ...identity, unit: 'mimir-k8s/2' } };
    expect(toldIn({ scrapers, ...other }).app).toEqual(toldIn({ scrapers }).app);
  });

  test('go to the units also when there is an ingress, which leads to one or another of them', () => {
    const ingress = allRelations(
      aSender(90, { remoteAppBag: publishUrl('http://gateway.example.com/cos-mimir-k8s') }),
    );
    expect(toldIn({ scrapers, ingress })).toEqual(toldIn({ scrapers }));
  });

  test('are told by a unit that does not lead where that unit is, and no more', () => {
    const followed = allRelations(aSender(12, { application: 'prometheus', appBag: 'unobserved' }));
    expect(Object.keys(toldIn({ scrapers: followed, leader: false }))).toEqual(['unit']);
  });
});
