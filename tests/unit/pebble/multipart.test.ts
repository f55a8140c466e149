import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readMultipart, writeMultipart } from '../../../src/pebble/multipart.ts';

describe('multipart bodies', () => {
  it('come out as they went in, byte for byte', () => {
    const nasty = fc
      .constantFrom('\r\n', '--', '\r\n--', '\r\n\r\n', '"', '\\', '\0', 'x')
      .map((s) => Buffer.from(s));
    const content = fc
      .array(
        fc.oneof(
          nasty,
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
      )
      .map((chunks) => Buffer.concat(chunks));
    const filename = fc.option(
      fc.string({ unit: 'binary' }).filter((name) => !/[\r\n]/.test(name) && name.isWellFormed()),
      { nil: undefined },
    );
    const part = fc.record({ name: fc.constantFrom('files', 'response'), filename, content });
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(readMultipart(writeMultipart(parts))).toEqual(parts);
      }),
    );
  });

  it('have a boundary of the length that Pebble asks for, and a new one each time', () => {
    const boundary = () => writeMultipart([]).contentType.split('boundary=')[1] ?? '';
    expect(boundary().length).toBeGreaterThanOrEqual(32);
    expect(boundary()).not.toBe(boundary());
  });

  it("are read as Go's mime/multipart writes them", () => {
    const body = [
      '--b0',
      'Content-Disposition: form-data; name="files"; filename="/a\\"b\\\\"',
      'Content-Type: application/octet-stream',
      '',
      'line\r\n--b not the boundary',
      '--b0',
      'Content-Disposition: form-data; name="response"',
      'Content-Type: application/json',
      '',
      '{}\n',
      '--b0--',
      '',
    ].join('\r\n');
    const contentType = 'multipart/form-data; boundary=b0';
    expect(readMultipart({ contentType, body: Buffer.from(body) })).toEqual([
      { name: 'files', filename: '/a"b\\', content: Buffer.from('line\r\n--b not the boundary') },
      { name: 'response', filename: undefined, content: Buffer.from('{}\n') },
    ]);
  });

  it('are undefined when they are cut short, or are something else', () => {
    const { contentType, body } = writeMultipart([
      { name: 'files', filename: '/a', content: Buffer.from('x') },
    ]);
    for (let length = 0; length < body.length - 4; length++) {
      expect(readMultipart({ contentType, body: body.subarray(0, length) })).toBeUndefined();
    }
    expect(readMultipart({ contentType: 'application/json', body })).toBeUndefined();
    expect(readMultipart({ contentType, body: Buffer.from('ERROR\r\n') })).toBeUndefined();
  });
});
