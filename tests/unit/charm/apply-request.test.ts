import { describe, expect, test } from 'vitest';
import { applyRequest } from '../../../src/charm/apply-request.ts';
import { noFindings } from '../../../src/charm/findings.ts';
import type { MimirClient } from '../../../src/mimir/api.ts';
import { MimirApiError } from '../../../src/mimir/errors.ts';
import { aFakeMimir, fakeMimirClient } from '../../support/fake-mimir.ts';

const silence = () => Promise.reject(new MimirApiError('no answer', { method: 'ANY', path: '/' }));
const done = () => Promise.resolve();

/** This unit's Mimir with some calls of its own, and those of the others by their names. */
function aMimir(own: Partial<MimirClient>, ready: Readonly<Record<string, boolean>> = {}) {
  const client = fakeMimirClient(aFakeMimir(), () => true);
  const peer = (hostname: string) => fakeMimirClient(aFakeMimir(), () => ready[hostname] ?? false);
  return { unit: { ...client, ...own }, peer, application: client };
}

describe('a Mimir that is to leave', () => {
  test('knows so before it is asked to flush, which may take too long', async () => {
    const calls: string[] = [];
    const prepareShutdown = () => {
      calls.push('prepareShutdown');
      return Promise.resolve();
    };
    const flush = () => {
      calls.push('flush');
      return silence();
    };
    const findings = noFindings();
    const outcome = await applyRequest(
      aMimir({ prepareShutdown, flush }),
      { kind: 'prepare-shutdown' },
      findings,
    );
    expect(calls).toEqual(['prepareShutdown', 'flush']);
    expect(outcome).toBe('look-again');
    expect(findings.trouble).toContain('no answer');
  });

  test('is stopped in the same pass once it has flushed', async () => {
    const request = { kind: 'prepare-shutdown' } as const;
    expect(await applyRequest(aMimir({ prepareShutdown: done, flush: done }), request, noFindings())).toBe(
      'done',
    );
  });
});

describe('the other units', () => {
  const units = ['mimir-k8s/1', 'mimir-k8s/2', 'mimir-k8s/3'].map((unit) => ({ unit, hostname: unit }));
  const instances = [
    { id: 'mimir-k8s-1', state: 'ACTIVE' },
    { id: 'mimir-k8s-2', state: 'LEAVING' },
    { id: 'mimir-k8s-3', state: 'ACTIVE' },
  ];

  test('are down if their Mimir is not ready, or if the ring does not have it as active', async () => {
    const findings = noFindings();
    const ready = { 'mimir-k8s/1': true, 'mimir-k8s/2': true };
    const mimir = aMimir({ ingesters: () => Promise.resolve(instances) }, ready);
    await applyRequest(mimir, { kind: 'ask-peers', units }, findings);
    expect(findings.peersDown).toEqual(['mimir-k8s/2', 'mimir-k8s/3']);
  });

  test('are not known if the ring is not told', async () => {
    const findings = noFindings();
    await applyRequest(aMimir({ ingesters: silence }), { kind: 'ask-peers', units }, findings);
    expect(findings.peersDown).toBeUndefined();
    expect(findings.trouble).toContain('no answer');
  });
});
