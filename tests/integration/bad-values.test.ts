import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerOf, mimirPid, statusOf, unitStatus } from '../support/mimir-story.ts';
import { startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';

const durations = [
  '',
  ' ',
  '0',
  '1',
  '-1h',
  '1h',
  '2h',
  '120m',
  '7200s',
  'one day',
  '24',
  '24hours',
  '1 h',
  '24h!',
  'h',
  '1y2',
  '٣h',
  'NaN',
  '∞',
  '24h\n24h',
];

const levels = [
  '',
  ' ',
  'INFO',
  'Info',
  'warning',
  'trace',
  'verbose',
  'information',
  '0',
  '1',
  'true',
  'debug,info',
  'info info',
  'fatal',
  'panic',
  'null',
  '[]',
  '{}',
  'infо',
  'info\ninfo',
];

const receivers = 'receivers: [{name: a}]';

const alertmanagerConfigs = [
  'a',
  '1',
  'true',
  'null',
  '[]',
  '{}',
  '- a',
  '{',
  'a: [',
  '\tx: 1',
  'route: {}',
  receivers,
  `route: {}\n${receivers}`,
  `route: {receiver: b}\n${receivers}`,
  `route: {receiver: a}\n${receivers}\nunknown: 1`,
  `route: {receiver: a, group_wait: soon}\n${receivers}`,
  `route: [receiver]\n${receivers}`,
  'route: {receiver: a}\nreceivers: [{name: a}, {name: a}]',
  'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: "not a url"}]}]',
  `route: {receiver: a}\n${receivers}\ntemplates: [missing.tmpl]`,
];

const templates = [
  '{{',
  '}}{{',
  '{{ end }}',
  '{{ define }}',
  '{{ define "a" }}',
  '{{ if }}',
  '{{ range }}{{ end',
  '{{ .A.B.C( }}',
  '{{ template }}',
  '{{ template "a" . ',
  '{{ define "a" }}{{ define "b" }}{{ end }}',
  '{{ nosuch . }}',
  '{{ "a }}',
  "{{ 'ab }}",
  '{{ | }}',
  '{{ $x }}',
  '{{ else }}',
  '{{ define "a" }}{{ if . }}{{ end }}',
  '{{ /* }}',
  '{{ break }}',
];

/** What neither parameter may be: no text at all. */
const noTexts = [0, 1, -1, 1.5, 1e9, true, false, [], ['all'], [[]], {}, { a: 1 }, [{ a: 'b' }], [null], [0]];

const states = [...noTexts, '', ' ', 'ALL', 'burning', 'firing,pending'];
const namespaces = [...noTexts, ['anonymous'], ['a', 'b'], { namespace: 'anonymous' }, [true], ''];

const goodConfig = `route: {receiver: a}\n${receivers}\n`;

const task = z.looseObject({ status: z.string(), message: z.string().optional() });

describe('bad values', () => {
  let simulation: Simulation;
  let pid: number | undefined;
  let held: string;
  const configure = async (set: Record<string, string>) => {
    await simulation.ask({ command: 'config', application: 'mimir-k8s', set, reset: [] });
    await simulation.settle();
  };
  const alertmanagerConfig = async () => (await answerOf(simulation, '/api/v1/alerts')).text;
  const failures = async () => {
    const lines: string[] = [];
    await simulation.client.request({ command: 'debug-log', include: unit }, (line) => {
      if (line.kind === 'log' && /hook ".*" .*failed/.test(line.line)) lines.push(line.line);
    });
    return lines;
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir({ config: { alertmanager_config: goodConfig } });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    pid = await mimirPid(simulation);
    held = await alertmanagerConfig();
    expect(held).toContain('receiver: a');
  });
  afterAll(async () => {
    await simulation.close();
  });

  test.each([
    ['tsdb_block_retention_period', durations, '24h'],
    ['log_level', levels, 'info'],
    ['alertmanager_config', alertmanagerConfigs, goodConfig],
    ['alertmanager_template', templates, ''],
  ])(
    'of %s are Blocked with words, and Mimir and what it holds stay as they were',
    async (option, values, good) => {
      expect(new Set(values).size).toBe(20);
      for (const value of values) {
        await configure({ [option]: value });
        const status = await unitStatus(simulation, unit);
        expect({ value, status }).toEqual({
          value,
          status: expect.stringMatching(/^blocked: \[\w+\] .{20,}/),
        });
        expect(status).toMatch(
          option.startsWith('alertmanager') ? /\[alertmanager_(config|template)\]/ : `[${option}]`,
        );
        expect({ value, pid: await mimirPid(simulation) }).toEqual({ value, pid });
        expect({ value, held: await alertmanagerConfig() }).toEqual({ value, held });
      }
      await configure({ [option]: good });
      await statusOf(simulation, unit, /^active$/);
      expect(await failures()).toEqual([]);
    },
  );

  test.each([
    ['list-alerts', 'state', states],
    ['list-rules', 'namespace', namespaces],
    ['list-alerts', 'status', ['firing']],
    ['get-config', 'section', ['ruler']],
    ['tenant-stats', 'tenant', ['other']],
  ])('of the parameter of %s, %s, fail it with words', async (action, parameter, values) => {
    if (values.length > 1) expect(new Set(values.map((value) => JSON.stringify(value))).size).toBe(20);
    for (const value of values) {
      const parameters = { [parameter]: value };
      // Juju refuses some itself, by the schema in actions.yaml; what it lets through, the action refuses.
      const answered = await simulation.ask({ command: 'run', unit, action, parameters }).then(
        (result) => task.parse(result),
        (error: unknown) => ({ status: 'failed', message: error instanceof Error ? error.message : '' }),
      );
      expect({ value, ...answered }).toEqual(
        expect.objectContaining({ value, status: 'failed', message: expect.stringMatching(/.{20,}/) }),
      );
    }
    expect(await mimirPid(simulation)).toBe(pid);
  });
});
