import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  publish,
  publishEvent,
  publishRules,
  read,
  readUrl,
} from '../../../src/interfaces/prometheus-remote-write.ts';
import { databagFixture } from './databag-fixture.ts';

const anyBag = fc.dictionary(
  fc.oneof(fc.constantFrom('alert_rules', 'remote_write', 'scrape_metadata'), fc.string()),
  fc.oneof(fc.string(), fc.json()),
);

describe("the sender's rules", () => {
  test('are read as the real library writes them', () => {
    const result = read(databagFixture('prometheus_remote_write').requirer_app);
    expect(result.ok && result.value.groups.map((group) => group['name'])).toEqual([
      'lma_3f0e8c1a_agent_AggregatorHostHealth_rules',
      'lma_3f0e8c1a_agent_g1_rules',
      'lma_3f0e8c1a_agent_single_rules',
    ]);
  });

  test.each([
    ['an empty bag', {}],
    ['an empty object', { alert_rules: '{}' }],
    ['null', { alert_rules: 'null' }],
    ['no groups', { alert_rules: '{"groups": null}' }],
  ])('%s means that there are none', (_name, bag) => {
    expect(read(bag)).toEqual({ ok: true, value: { groups: [] } });
  });

  test.each([
    ['text that is not JSON', 'groups:', 'alert_rules: not JSON'],
    ['a list', '[]', 'alert_rules: '],
    ['groups that are no objects', '{"groups": ["a"]}', 'alert_rules.groups.0: '],
  ])('%s gives a reason that names the key', (_name, text, reason) => {
    const result = read({ alert_rules: text });
    expect(!result.ok && result.reason).toContain(reason);
  });

  test('are read as they were published', () => {
    // zod drops `__proto__`, and well so.
    const key = fc.string().filter((name) => name !== '__proto__');
    const groups = fc.array(fc.dictionary(key, fc.jsonValue()));
    fc.assert(
      fc.property(groups, (value) => {
        const result = read(publishRules({ groups: value }));
        expect(JSON.stringify(result.ok && result.value.groups)).toBe(JSON.stringify(value));
      }),
    );
  });

  test('any databag gives an answer and no exception', () => {
    fc.assert(fc.property(anyBag, (bag) => typeof read(bag).ok === 'boolean'));
  });
});

describe('the URL', () => {
  test.each([
    ['prometheus_remote_write', 'http://traefik.example.com/cos-mimir-k8s/api/v1/push'],
    [
      'prometheus_remote_write.orig2022',
      'http://mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local:9009/api/v1/push',
    ],
    [
      'coordinator.receive-remote-write',
      'http://mimir-0.mimir-endpoints.cos.svc.cluster.local:8080/api/v1/push',
    ],
  ])('of %s is read', (name, url) => {
    expect(readUrl(databagFixture(name).provider_unit)).toEqual({ ok: true, value: url });
  });

  test('is published as the real library publishes it, but for spaces', () => {
    const { remote_write } = databagFixture('prometheus_remote_write').provider_unit;
    const ours = publish('http://traefik.example.com/cos-mimir-k8s/api/v1/push');
    expect(ours).toEqual({ remote_write: remote_write?.replace(': ', ':') });
  });

  test('is read as it was published', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(readUrl(publish(url))).toEqual({ ok: true, value: url });
      }),
    );
  });

  test('is undefined until the unit has written it', () => {
    expect(readUrl({ 'ingress-address': '10.1.1.1' })).toEqual({ ok: true, value: undefined });
  });

  test('of another scheme is refused', () => {
    expect(readUrl(publish('file:///etc/passwd')).ok).toBe(false);
  });

  test('any databag gives an answer and no exception', () => {
    fc.assert(fc.property(anyBag, (bag) => typeof readUrl(bag).ok === 'boolean'));
  });
});

test('the event is an empty object when nothing is wrong, and quotes what is', () => {
  expect(publishEvent()).toEqual(databagFixture('prometheus_remote_write').provider_app);
  expect(publishEvent('bad "expr"')).toEqual({ event: '{"errors":"bad \\"expr\\""}' });
});
