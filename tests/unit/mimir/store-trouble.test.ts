import { expect, test } from 'vitest';
import { storeTrouble } from '../../../src/mimir/store-trouble.ts';

const line = (err: string, more = ' (will retry)') =>
  `ts=2026-11-25T09:00:00Z caller=sanity_check.go:119 level=warn msg="Unable to successfully connect to configured object storage${more}" err=${err}`;
const request = 'unable to successfully send a request to object storage';

test.each([
  [
    'of all three',
    line(
      `"3 errors: blocks storage: ${request}: The specified bucket does not exist; alertmanager storage: ${request}: The specified bucket does not exist; ruler storage: ${request}: The specified bucket does not exist"`,
    ),
    'The specified bucket does not exist',
  ],
  ['of one', line(`"blocks storage: ${request}: Access Denied."`, ''), 'Access Denied.'],
  [
    'with quotation marks',
    line(
      `"3 errors: blocks storage: ${request}: Get \\"http://minio:9000/mimir/?location=\\": dial tcp: lookup minio: no such host; alertmanager storage: x"`,
    ),
    'Get "http://minio:9000/mimir/?location=": dial tcp: lookup minio: no such host',
  ],
])("the store's words are those %s", (_whose, logged, words) => {
  expect(
    storeTrouble(['level=info msg="Checking object storage config"', logged, 'level=info msg=other']),
  ).toBe(words);
});

test.each([
  [[]],
  [['level=info msg="Object storage config successfully checked"', 'level=error msg=x err="y"']],
])('there are none in %j', (lines) => {
  expect(storeTrouble(lines)).toBeUndefined();
});
