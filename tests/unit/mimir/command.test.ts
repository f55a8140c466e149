import { expect, test } from 'vitest';
import {
  parseRefusal,
  parseVersion,
  runCommand,
  validateCommand,
  versionCommand,
} from '../../../src/mimir/command.ts';

test('the commands name the binary of the upstream image and the files of the charm', () => {
  expect(runCommand().join(' ')).toBe('/bin/mimir -config.file=/data/config/mimir.yaml');
  expect(validateCommand().join(' ')).toBe(
    '/bin/mimir -config.file=/data/config/mimir.candidate.yaml -modules',
  );
  expect(versionCommand.join(' ')).toBe('/bin/mimir -version');
});

test.each([
  ['Mimir, version 3.1.0-dev (branch: unknown, revision: unknown)\n  go version: go1.26\n', '3.1.0-dev'],
  ['Mimir, version 3.0.5 (branch: HEAD, revision: 1a2b3c4)\n', '3.0.5'],
  ['Mimir, version unknown (branch: unknown, revision: unknown)\n', undefined],
  ['exec: no such file', undefined],
])('of %j the version is %s', (output, version) => {
  expect(parseVersion(output)).toBe(version);
});

test('a refusal is one line without the path', () => {
  const output =
    'error loading config from /data/config/mimir.candidate.yaml: error parsing config file: yaml: unmarshal errors:\n' +
    '  line 8: field blocks_storge not found in type mimir.Config\n';
  expect(parseRefusal(output)).toBe(
    'yaml: unmarshal errors: line 8: field blocks_storge not found in type mimir.Config',
  );
});

test('a refusal by validation is one line without its heading', () => {
  expect(parseRefusal('error validating config: the dirs overlap\n')).toBe('the dirs overlap');
});

test('a refusal of another form is kept', () => {
  expect(parseRefusal('the rings are round\n')).toBe('the rings are round');
});
