import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hashOf,
  parseAlertmanagerConfig,
  sameConfig,
  templateName,
} from '../../../src/mimir/alertmanager-config.ts';

const config = 'route: {receiver: none}\nreceivers:\n  - name: none\n';
const template = '{{ define "title" }}All is well{{ end }}';

function problemOf(options: { config: string; template: string }): string {
  const parsed = parseAlertmanagerConfig(options);
  return 'problem' in parsed ? `${parsed.option}: ${parsed.problem}` : '';
}

describe('the upload', () => {
  test.each(['', ' \n'])('is none when nothing is set', (text) => {
    expect(parseAlertmanagerConfig({ config: text, template: text })).toEqual({ upload: undefined });
  });

  test('holds the configuration as it was written', () => {
    const upload = { config, templates: {} };
    expect(parseAlertmanagerConfig({ config, template: '' })).toEqual({ upload });
  });

  test('holds the template in a file of its own', () => {
    const upload = { config, templates: { [templateName]: template } };
    expect(parseAlertmanagerConfig({ config, template })).toEqual({ upload });
  });

  test("may name the template's file", () => {
    const named = `templates: [${templateName}]\n${config}`;
    expect(parseAlertmanagerConfig({ config: named, template })).toHaveProperty('upload.config', named);
  });

  test('is made of what only Mimir can judge as well', () => {
    const odd = 'route: 1\ntemplates: {a: b}\n';
    expect(parseAlertmanagerConfig({ config: odd, template })).toHaveProperty('upload.config', odd);
  });
});

describe('a mistake is told before anything is sent', () => {
  test.each([
    ['a path where a file was meant', './alertmanager.yaml'],
    ['a list', '- a'],
  ])('%s', (_name, text) => {
    expect(problemOf({ config: text, template })).toBe(
      'config: not a mapping with route and receivers; to give a file, write alertmanager_config=@FILE',
    );
  });

  test.each([
    ['a tab', 'route:\n\treceiver: none', 2],
    ['a key twice', 'route: {}\nroute: {}', 2],
    ['a brace that is open', 'route: {', 1],
  ])('%s, with the line', (_name, text, line) => {
    expect(problemOf({ config: text, template: '' })).toMatch(
      new RegExp(`^config: not YAML: .+ \\(line ${line}\\); correct it and set it again$`),
    );
  });

  test('comments alone', () => {
    expect(problemOf({ config: '# nothing', template: '' })).toContain(
      'config: not YAML: expected a document',
    );
  });

  test('a second document, which Mimir would drop in silence', () => {
    expect(problemOf({ config: `${config}---\na: b\n`, template: '' })).toContain('config: not YAML: ');
  });

  test('nothing of a secret is quoted', () => {
    const problem = problemOf({ config: 'global:\n  slack_api_url: "hush\n\n', template: '' });
    expect(problem).toContain('not YAML');
    expect(problem).not.toContain('hush');
  });

  test.each([
    ['', 'alertmanager_template is not set'],
    [template, 'the only one is default_template'],
  ])('a template that is not there, of which Mimir would say nothing', (text, given) => {
    for (const name of ['mine.tmpl', 'toString']) {
      const problem = problemOf({ config: `templates: [${name}]\n${config}`, template: text });
      expect(problem).toBe(
        `config: its templates name "${name}", but ${given}; leave templates out and put them all in alertmanager_template`,
      );
    }
  });

  test('a template that nothing uses', () => {
    expect(problemOf({ config: '', template })).toBe(
      'template: nothing uses it; set alertmanager_config as well, or reset it',
    );
  });

  test('too much text, by its bytes', () => {
    const filler = 'ö'.repeat(524_288);
    expect(problemOf({ config: `${config}# `, template: filler })).toMatch(
      /^config: too large: with the template \d+ bytes, of at most 1048576; shorten it$/,
    );
    expect(problemOf({ config, template: filler.slice(100) })).toBe('');
  });

  test.each(['\u0085', '\u2028', '\u2029'])(
    'a line break that YAML versions read in two ways: %j',
    (character) => {
      const problem = 'it holds an invisible line or paragraph separator; type that line again';
      expect(problemOf({ config: `${config}# ${character}`, template })).toBe(`config: ${problem}`);
      expect(problemOf({ config, template: template + character })).toBe(`template: ${problem}`);
    },
  );

  test('and any text is answered without an exception', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.stringMatching(/^[-\s:{}[\]&*!|>'"%@`#,?a]*$/),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const parsed = parseAlertmanagerConfig({ config: one, template: other });
        if ('problem' in parsed) expect(parsed.problem).not.toContain('\n');
      }),
    );
  });
});

describe('the hash', () => {
  const texts = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });

  test('is SHA-256, whatever the order of the templates', () => {
    fc.assert(
      fc.property(fc.string(), texts, (text, templates) => {
        const reversed = Object.fromEntries(Object.entries(templates).reverse());
        const hash = hashOf({ config: text, templates });
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect(hashOf({ templates: reversed, config: text })).toBe(hash);
        expect(sameConfig({ config: text, templates }, { config: text, templates: reversed })).toBe(true);
      }),
    );
  });

  test.each([
    { config: `${config} `, templates: { a: 'b' } },
    { config, templates: { a: 'b\n' } },
    { config, templates: { b: 'a' } },
    { config, templates: {} },
  ])('changes with every byte: %j', (other) => {
    expect(sameConfig({ config, templates: { a: 'b' } }, other)).toBe(false);
  });
});
