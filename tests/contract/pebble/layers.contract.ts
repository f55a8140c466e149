import { describe, expect, it } from 'vitest';

import { PebbleApiError } from '../../../src/pebble/index.ts';
import type { Check, Layer, LogTarget, Service } from '../../../src/pebble/index.ts';
import { pebbleSuite, rejection } from './pebble-suite.ts';

const suite = pebbleSuite();

const fullService: Required<Omit<Service, 'user' | 'group' | 'user-id' | 'group-id'>> = {
  override: 'replace',
  summary: 'all there is',
  description: 'two\nlines',
  startup: 'disabled',
  command: 'sleep 100',
  after: ['other'],
  before: ['third'],
  requires: ['other'],
  environment: {
    EMPTY: '',
    ON: 'on',
    NUMBER: '0123',
    FLOAT: '1.10',
    NULL: 'null',
    TILDE: '~',
    TIME: '12:30:45',
    DATE: '2001-01-01',
    SIGNS: ` # : - { [ " ' \\ $HOME\t`,
    LINES: 'a\n\n b\n',
    WORDS: 'é 漢 😀',
    LONG: 'long word '.repeat(40),
  },
  'working-dir': '/tmp',
  'on-success': 'failure-shutdown',
  'on-failure': 'ignore',
  'on-check-failure': { full: 'restart' },
  'backoff-delay': '1s',
  'backoff-factor': 1.5,
  'backoff-limit': '1m0s',
  'kill-delay': '25s',
};
const fullCheck: Required<Omit<Check, 'http' | 'tcp'>> = {
  override: 'replace',
  level: 'ready',
  startup: 'disabled',
  period: '10s',
  timeout: '3s',
  threshold: 5,
  exec: {
    command: 'true',
    'service-context': 'full',
    environment: { A: '1' },
    'working-dir': '/',
  },
};
const fullTarget: Required<LogTarget> = {
  override: 'replace',
  type: 'loki',
  location: 'http://127.0.0.1:1/loki/api/v1/push',
  services: ['all', '-other'],
  labels: { product: 'Juju', unit: '$ON' },
};

describe('the plan', () => {
  it('is empty before the first layer', async () => {
    expect(await suite().client.plan()).toEqual({ services: {}, checks: {}, 'log-targets': {} });
  });

  it('comes back as it was sent, in every key that the types name', async () => {
    const { client } = suite();
    const other: Service = { override: 'replace', command: 'sleep 1' };
    const http: Check = {
      override: 'replace',
      startup: 'disabled',
      http: { url: 'http://127.0.0.1:1/', headers: { Accept: '*/*' } },
    };
    const tcp: Check = { override: 'replace', startup: 'disabled', tcp: { port: 1, host: '127.0.0.1' } };
    const owned: Service = { ...other, 'user-id': 0, 'group-id': 0, user: 'root', group: 'root' };
    const layer: Layer = {
      summary: 'a layer',
      services: { full: fullService, other, third: other, owned },
      checks: { full: fullCheck, http, tcp },
      'log-targets': { target: fullTarget },
    };
    await client.addLayer('full', layer);
    expect(await client.plan()).toEqual({
      services: layer.services,
      checks: { full: fullCheck, http: { ...http, threshold: 3 }, tcp: { ...tcp, threshold: 3 } },
      'log-targets': layer['log-targets'],
    });
  });

  it('fills in the threshold of a check, and no other default', async () => {
    expect(Object.keys((await suite().client.plan()).checks['tcp'] ?? {}).sort()).toEqual([
      'override',
      'startup',
      'tcp',
      'threshold',
    ]);
  });

  it("shows durations in Go's normal form", async () => {
    const { client } = suite();
    await client.addLayer('durations', {
      services: { slow: { override: 'replace', command: 'true', 'kill-delay': '90s' } },
    });
    expect((await client.plan()).services['slow']?.['kill-delay']).toBe('1m30s');
  });
});

describe('adding a layer', () => {
  it('refuses a label that is taken, unless it may combine', async () => {
    const { client } = suite();
    const layer = (value: string): Layer => ({
      services: { twice: { override: 'merge', command: 'sleep 9', environment: { [value]: value } } },
    });
    await client.addLayer('twice', layer('a'));
    const error = await rejection(client.addLayer('twice', layer('b')));
    expect(error).toBeInstanceOf(PebbleApiError);
    expect(error).toMatchObject({
      statusCode: 400,
      kind: 'unspecified',
      message: 'cannot add layer twice: layer "twice" already exists',
    });
    await client.addLayer('twice', layer('b'), { combine: true });
    expect((await client.plan()).services['twice']?.environment).toEqual({ a: 'a', b: 'b' });
  });

  it('replaces an entry whole, when its override says so', async () => {
    const { client } = suite();
    const service: Service = { override: 'replace', command: 'sleep 9', environment: { a: 'a' } };
    await client.addLayer('whole', { services: { whole: service } }, { combine: true });
    const next: Service = { override: 'replace', command: 'sleep 8' };
    await client.addLayer('whole', { services: { whole: next } }, { combine: true });
    expect((await client.plan()).services['whole']).toEqual(next);
  });

  it('keeps a service that a combined layer no longer names', async () => {
    const { client } = suite();
    await client.addLayer('whole', {}, { combine: true });
    expect((await client.plan()).services).toHaveProperty('whole');
  });

  it('refuses an entry without an override', async () => {
    const error = await rejection(
      suite().client.addLayer('bare', { services: { bare: { command: 'true' } } }),
    );
    expect(error).toMatchObject({
      message: 'cannot add layer bare: layer "bare" must define "override" for service "bare"',
    });
  });

  it('refuses a plan that would not hold together', async () => {
    const error = await rejection(
      suite().client.addLayer('broken', { services: { broken: { override: 'merge', summary: 'x' } } }),
    );
    expect(error).toMatchObject({ statusCode: 400 });
    expect(String(error)).toContain('must define "command" for service "broken"');
  });
});
