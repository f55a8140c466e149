import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseS3Option } from '../../../src/mimir/s3-option.ts';

const keys = 'access_key_id: AKIA\nsecret_access_key: s3cr3t\n';
const place = 'endpoint: minio:9000\nbucket_name: mimir\n';

function problemOf(text: string): string {
  const parsed = parseS3Option(text);
  return 'problem' in parsed ? parsed.problem : '';
}

describe('a bucket', () => {
  test('is read with all that Mimir can be told of it', () => {
    const text = `${place}${keys}region: eu-central-1\ninsecure: true\nbucket_lookup_type: virtual-hosted\n`;
    expect(parseS3Option(text)).toEqual({
      bucket: {
        ...{ endpoint: 'minio:9000', bucket: 'mimir', region: 'eu-central-1' },
        ...{ insecure: true, uriStyle: 'host' },
      },
      keys: { accessKey: 'AKIA', secretKey: 's3cr3t' },
    });
  });

  test('needs no more than its place: TLS, and all else left to Mimir', () => {
    expect(parseS3Option(`${place}region:\nbucket_lookup_type: auto`)).toEqual({
      bucket: {
        ...{ endpoint: 'minio:9000', bucket: 'mimir', insecure: false },
        ...{ region: undefined, uriStyle: undefined },
      },
      keys: undefined,
    });
  });

  test.each([
    ['http://minio:9000', 'minio:9000', true],
    ['https://s3.example.com/', 's3.example.com', false],
    ['https://s3.example.com:443', 's3.example.com', false],
    ['[fd00::1]:9000', '[fd00::1]:9000', false],
    ['http://10.0.0.1', '10.0.0.1', true],
  ])('at %s has a host, and a scheme that may say what insecure does', (written, endpoint, insecure) => {
    const parsed = parseS3Option(`endpoint: '${written}'\nbucket_name: mimir`);
    expect(parsed).toMatchObject({ bucket: { endpoint, insecure } });
  });

  test('keeps keys that look like numbers as they were written', () => {
    const text = `${place}access_key_id: 0123\nsecret_access_key: 1e3`;
    expect(parseS3Option(text)).toMatchObject({ keys: { accessKey: '0123', secretKey: '1e3' } });
  });
});

describe('a mistake is told by the name of its key', () => {
  test.each([
    ['- endpoint', /^not a mapping such as \{endpoint: …, bucket_name: …\}; to give a file, write s3=@FILE$/],
    ['minio:9000', /^not a mapping/],
    ['endpoint: {', /^not YAML: .+; correct it and set it again$/],
    ['bucket_name: mimir', /^endpoint is missing; add it$/],
    ['endpoint: minio:9000', /^bucket_name is missing; add it$/],
    [`${place}acess_key_id: x`, /^acess_key_id is none of the keys that can be set: endpoint, bucket_name, /],
    [`${place}http: {tls_ca_path: /x}`, /^http is none of the keys/],
    [`${place}access_key_id: AKIA`, /^secret_access_key is missing; add it, or take the other key out/],
    [`${place}secret_access_key: s3cr3t`, /^access_key_id is missing/],
    [`${place}insecure: no`, /^insecure: not true or false$/],
    [`${place}region: [a]`, /^region: /],
    [`${place}region: eu central`, /^region: not a region, such as us-east-1$/],
    [`${place}bucket_lookup_type: dns`, /^bucket_lookup_type: not auto, path or virtual-hosted$/],
    ['endpoint: minio:9000\nbucket_name: My_Bucket', /^bucket_name: not the name of a bucket/],
    ['endpoint: http://minio\nbucket_name: mimir\ninsecure: false', /^insecure contradicts the http:\/\/ of/],
    ['endpoint: https://minio\nbucket_name: mimir\ninsecure: true', /^insecure contradicts the https:/],
  ])('%j', (text, words) => {
    expect(problemOf(text)).toMatch(words);
  });

  test.each([
    ...['http://minio:9000/mimir', 'http://minio/?a=b', 'http://u:p@minio', 'ftp://minio', 'http://'],
    ...['minio:9000/', 'min io', 'minio:port', 'u:p@minio:9000', '-minio', 'http://minio#a'],
  ])('endpoint: %s', (endpoint) => {
    expect(problemOf(`endpoint: '${endpoint}'\nbucket_name: mimir`)).toMatch(
      /^endpoint: not a host and port/,
    );
  });
});

test('no problem holds what was written as a value, or as a key that is none of Mimir’s', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const places = ['endpoint', 'bucket_name', 'region', 'insecure', 'bucket_lookup_type', secret];
  const text = fc.constantFrom(...places).chain((key) => {
    const line = `${key}: ${secret}\n`;
    return fc.constantFrom(
      line,
      `${place.replace(/^endpoint.*\n/, '')}${line}`,
      `{${line}`,
      `${line}${line}`,
      `- ${line}`,
    );
  });
  fc.assert(
    fc.property(text, (written) => {
      expect(problemOf(written)).not.toBe('');
      expect(problemOf(written)).not.toContain(secret);
    }),
    { seed: 20260423 },
  );
});

test('no text whatever makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(() => parseS3Option(text)).not.toThrow();
    }),
    { seed: 20260423 },
  );
  expect(problemOf('['.repeat(100_000))).toMatch(/^not YAML/);
});
