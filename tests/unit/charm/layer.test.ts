import { describe, expect, test } from 'vitest';
import { mimirLayer, type MimirService } from '../../../src/charm/layer.ts';

const unit: MimirService = {
  ...{ run: true, hash: '0123456789abcdef', version: '3.0.5' },
  ...{ replicated: true, trusting: false, https: false, tracing: {} },
};
const checksOf = (changes: Partial<MimirService>) => mimirLayer({ ...unit, ...changes }).checks ?? {};

describe('the checks of a unit', () => {
  test('ask Mimir by Pebble itself while it speaks plain HTTP', () => {
    const { 'mimir-ready': ready, 'mimir-quorum': quorum } = checksOf({});
    expect(ready).toMatchObject({ level: 'ready', http: { url: 'http://127.0.0.1:9009/ready' } });
    expect(quorum).toMatchObject({ http: { url: 'http://127.0.0.1:9009/api/v1/user_stats' } });
    for (const check of [ready, quorum]) expect(check).not.toHaveProperty('exec');
  });

  test('ask it by a program, which passes over the certificate, while it speaks TLS', () => {
    const { 'mimir-ready': ready, 'mimir-quorum': quorum } = checksOf({ https: true });
    const probe = '/data/config/probe https://127.0.0.1:9009';
    expect(ready).toMatchObject({ level: 'ready', exec: { command: `${probe}/ready` } });
    expect(quorum).toMatchObject({ exec: { command: `${probe}/api/v1/user_stats` } });
    for (const check of [ready, quorum]) expect(check).not.toHaveProperty('http');
  });

  test('are the same in all but that', () => {
    const { http, ...inClear } = checksOf({})['mimir-ready'] ?? {};
    const { exec, ...overTls } = checksOf({ https: true })['mimir-ready'] ?? {};
    expect([http, exec]).not.toContain(undefined);
    expect(overTls).toEqual(inClear);
  });

  test('of a lone unit are of its readiness alone', () => {
    for (const https of [false, true])
      expect(Object.keys(checksOf({ replicated: false, https }))).toEqual(['mimir-ready']);
  });
});
