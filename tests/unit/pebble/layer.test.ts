import { describe, expect, it } from 'vitest';

import { parsePlan, PebbleError, renderLayer } from '../../../src/pebble/index.ts';
import type { Layer } from '../../../src/pebble/index.ts';

describe('rendering a layer', () => {
  it('gives the same bytes whatever the order of the keys', () => {
    const one: Layer = {
      summary: 's',
      services: { a: { override: 'replace', command: 'x', environment: { B: '2', A: '1' } } },
    };
    const other: Layer = {
      services: { a: { environment: { A: '1', B: '2' }, command: 'x', override: 'replace' } },
      summary: 's',
    };
    expect(renderLayer(one)).toBe(renderLayer(other));
    expect(renderLayer(one)).toBe(
      [
        'services:',
        '  a:',
        '    command: x',
        '    environment:',
        "      A: '1'",
        "      B: '2'",
        '    override: replace',
        'summary: s',
        '',
      ].join('\n'),
    );
  });

  it('folds no long line, and repeats what is used twice', () => {
    const environment = { LONG: 'word '.repeat(100) };
    const yaml = renderLayer({ services: { a: { environment }, b: { environment } } });
    expect(yaml).not.toContain('&');
    expect(yaml.split('\n').filter((line) => line.includes('word word'))).toHaveLength(2);
  });
});

describe('parsing a plan', () => {
  it('has a place for every section, and for what it does not know', () => {
    expect(parsePlan('{}\n')).toEqual({ services: {}, checks: {}, 'log-targets': {} });
    const future = 'services:\n  a:\n    command: x\n    new-key: 1\nnew-section: [1]\n';
    expect(parsePlan(future).services).toEqual({ a: { command: 'x' } });
  });

  it('keeps the text of unquoted values, and reads numbers where there must be some', () => {
    const yaml =
      'services:\n  a:\n    environment:\n      A: 0123\n      B: 1.10\n      C: on\n    user-id: 10001\n    backoff-factor: 2.5\n';
    expect(parsePlan(yaml).services['a']).toEqual({
      environment: { A: '0123', B: '1.10', C: 'on' },
      'user-id': 10001,
      'backoff-factor': 2.5,
    });
  });

  it('refuses what is no plan, and says where', () => {
    const act = () => parsePlan('services:\n  a:\n    startup: maybe\n');
    expect(act).toThrow(PebbleError);
    expect(act).toThrow(/cannot read Pebble's plan: .*\n.*services\.a\.startup/);
    expect(() => parsePlan('a: [')).toThrow(PebbleError);
  });
});
