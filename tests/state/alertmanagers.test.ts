import { describe, expect, test } from 'vitest';
import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import { paths } from '../../src/mimir/paths.ts';
import { allRelations, anAlertmanager, aRunningSnapshot } from '../support/builders.ts';
import { effectsOf, kinds, pushedIn, unitStatusIn } from '../support/effects.ts';

function related(...relations: readonly RelationSnapshot[]): Snapshot {
  return { ...aRunningSnapshot(), alertmanagers: allRelations(...relations) };
}

/** What the ruler's list of Alertmanagers becomes; undefined if the configuration stays. */
function urlsIn(snapshot: Snapshot): string | undefined {
  const config = pushedIn(effectsOf(snapshot)).get(paths.config);
  return /alertmanager_url: (\S+)/.exec(config ?? '')?.[1];
}

describe('the Alertmanagers that alerts are sent to', () => {
  test('are all units of all related applications, sorted, each URL once', () => {
    const first = anAlertmanager(7, {
      'am/1': { url: 'http://am-1:9093' },
      'am/0': { url: 'http://am-0:9093' },
    });
    const second = anAlertmanager(8, {
      'other/0': { url: 'https://ingress/cos-am/' },
      'other/1': { url: 'https://ingress/cos-am' },
    });
    const urls = 'http://am-0:9093,http://am-1:9093,https://ingress/cos-am';
    expect(urlsIn(related(first, second))).toBe(urls);
    expect(urlsIn(related(second, first))).toBe(urls);
  });

  test('may write the older form of their address', () => {
    const bag = { public_address: 'am-0:9093', scheme: 'https' };
    expect(urlsIn(related(anAlertmanager(7, { 'am/0': bag })))).toBe('https://am-0:9093');
  });

  test('restart Mimir with a validated configuration when they change', () => {
    const effects = effectsOf(related(anAlertmanager(7, { 'am/0': { url: 'http://am-0:9093' } })));
    expect(kinds(effects).slice(0, 5)).toEqual([
      'validate-config',
      'push-files',
      'add-layer',
      'replan',
      'await-mimir',
    ]);
  });

  test("are Mimir's own while no unit has named its URL, and nobody is warned of that", () => {
    const effects = effectsOf(related(anAlertmanager(7, { 'am/0': { 'ingress-address': '10.1.0.3' } })));
    expect(kinds(effects)).not.toContain('push-files');
    expect(unitStatusIn(effects)).toEqual({ status: 'active', message: '' });
  });

  test("are Mimir's own again after the last relation broke", () => {
    const alertmanagers = allRelations(anAlertmanager(7, { 'am/0': { url: 'http://am-0:9093' } }));
    const snapshot = { ...aRunningSnapshot({ alertmanagers }), alertmanagers: allRelations() };
    expect(urlsIn(snapshot)).toBe('http://127.0.0.1:9009/alertmanager');
  });
});

describe('a URL that cannot be used', () => {
  test.each([
    'http://evil,http://other',
    'http://user:secret@am:9093',
    'http://am:9093/api/v2/alerts',
    'ftp://am:9093',
    'http://am:9093?x=1',
    'http://am:9093\nlimits: {}',
    'am-0',
    ':',
    'http://',
    '{{ .Env }}',
  ])('such as %j is left out, and the unit that wrote it is named', (url) => {
    const bags = { 'am/0': { url }, 'am/1': { url: 'http://am-1:9093' } };
    const snapshot = related(anAlertmanager(7, bags));
    expect(urlsIn(snapshot)).toBe('http://am-1:9093');
    const message = expect.stringMatching(/^\[alertmanager:7\] am\/0 gets no alerts, .*; mend it there\.$/);
    // The new configuration starts Mimir anew, which is waited for; the warning stands once Mimir runs.
    const alertmanagers = snapshot.alertmanagers;
    expect(unitStatusIn(effectsOf(aRunningSnapshot({ alertmanagers })))).toEqual({
      status: 'active',
      message,
    });
  });

  test('leaves the order of the warnings to no chance', () => {
    const bad = { url: 'ftp://am' };
    const message = (relation: RelationSnapshot) =>
      unitStatusIn(effectsOf(aRunningSnapshot({ alertmanagers: allRelations(relation) })))?.message;
    expect(message(anAlertmanager(7, { 'am/1': bad, 'am/0': bad }))).toBe(
      message(anAlertmanager(7, { 'am/0': bad, 'am/1': bad })),
    );
  });
});
