import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/charm/effect.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { paths } from '../../src/mimir/paths.ts';
import { aRunningSnapshot } from '../support/builders.ts';
import { effectsOf, kinds, pushedIn, unitStatusIn } from '../support/effects.ts';

const running: Snapshot = { ...aRunningSnapshot(), alertmanagerConfig: undefined };
const valid = 'route: {receiver: none}\nreceivers: [{name: none}]\n';

const touching: readonly Effect['kind'][] = [
  'validate-config',
  'push-files',
  'remove-file',
  'add-layer',
  'stop-service',
  'await-mimir',
  'set-alertmanager-config',
  'delete-alertmanager-config',
];

function expectBlocked(snapshot: Snapshot, words: RegExp): void {
  const effects = effectsOf(snapshot, { kind: 'config-changed' });
  expect(kinds(effects).filter((kind) => touching.includes(kind))).toEqual([]);
  expect(unitStatusIn(effects)).toEqual({ status: 'blocked', message: expect.stringMatching(words) });
}

describe('the option log_level', () => {
  const bad = [
    ...[
      '',
      ' ',
      'trace',
      'INFO',
      'Info',
      'warning',
      'fatal',
      'panic',
      'off',
      'debug,info',
      'info;id',
      '-info',
    ],
    ...['level=info', 'in fo', 'ínfo', '"info"', 'info\nserver: {}', '{}', 'x'.repeat(1_000), '$(id)'],
    ...[0, 3, -1.5, true, false],
  ];

  test.each(bad)('%j is Blocked with words, and Mimir is left alone', (log_level) => {
    expectBlocked({ ...running, options: { log_level } }, /^\[log_level\] .+\.$/s);
  });

  test.each(['debug', 'info', 'warn', 'error'])('%s is what Mimir logs at', (log_level) => {
    const config = paths.config;
    const before = aRunningSnapshot({ options: { log_level: log_level === 'info' ? 'warn' : 'info' } });
    const effects = effectsOf({ ...before, options: { log_level } });
    expect(pushedIn(effects).get(config)).toContain(`log_level: ${log_level}\n`);
  });

  test('that is bad beside another bad one is shown with how many there are', () => {
    const options = { log_level: 'loud', tsdb_block_retention_period: '1h' };
    expectBlocked(
      { ...running, options },
      /^\[tsdb_block_retention_period\] .*\(and 1 more, see juju debug-log\)$/,
    );
  });
});

describe('the option alertmanager_config', () => {
  test.each([
    ...[
      './am.yaml',
      '@am.yaml',
      '- a',
      '42',
      'true',
      'null',
      '~',
      '[]',
      'route: [',
      'route:\n\treceiver: none',
    ],
    ...[
      'route: {}\nroute: {}',
      '"',
      '{',
      '}',
      '%',
      'a: *nobody',
      '--- a\n--- b',
      '\u0000',
      'a: b: c',
      'a: !<> x',
    ],
    `${valid}templates: [missing.tmpl]`,
  ])('%j is Blocked with words, and Mimir is left alone', (alertmanager_config) => {
    expectBlocked({ ...running, options: { alertmanager_config } }, /^\[alertmanager_config\] .+\.$/s);
  });

  test.each([
    ['nested too deeply', '['.repeat(100_000)],
    ['too large', `# ${'x'.repeat(1_048_576)}\n${valid}`],
  ])('%s is Blocked with words, and Mimir is left alone', (_what, alertmanager_config) => {
    expectBlocked({ ...running, options: { alertmanager_config } }, /^\[alertmanager_config\] .{1,400}\.$/s);
  });

  test('that is bad is Blocked even while Mimir is not ready', () => {
    const snapshot: Snapshot = { ...running, alertmanagerConfig: 'unobserved' };
    expectBlocked({ ...snapshot, options: { alertmanager_config: '- a' } }, /^\[alertmanager_config\] /);
  });
});

describe('the option alertmanager_template', () => {
  const bad = [
    ...[
      '{{',
      '}}',
      '{{ end }}',
      '{{ define "a" }}',
      '{{ define a }}{{ end }}',
      '{{ if }}{{ end }}',
      '{{ .a.. }}',
    ],
    ...[
      '{{ range }}',
      '{{ nosuch }}',
      '{{ "a }}',
      '{{ 1a }}',
      '{{ template }}',
      '{{ block }}',
      '{{/* }}',
      '{{- }}',
    ],
    ...['{{ | }}', '{{ (1 }}', '{{ $x }}', '{{ else }}', '\u0000{{', '{{ break }}'],
  ];

  test.each(bad)('%j without a configuration is Blocked with words', (alertmanager_template) => {
    expectBlocked(
      { ...running, options: { alertmanager_template } },
      /^\[alertmanager_template\] .*alertmanager_config/,
    );
  });

  test.each(bad)('%j that Mimir refused is Blocked with its words, and not put to it again', (template) => {
    const options = { alertmanager_config: valid, alertmanager_template: template };
    const refusedAlertmanagerConfig = 'template: default_template:1: unexpected';
    expectBlocked({ ...running, options, refusedAlertmanagerConfig }, /default_template:1: unexpected/);
  });
});
