import snappy from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { decodeWriteRequest, encodeWriteRequest } from '../../../../src/simulator/remote-write/encode.ts';

describe('encoding a write request', () => {
  it('writes the very bytes of prometheus.WriteRequest, labels sorted by name', () => {
    const body = encodeWriteRequest([
      { labels: { job: 'j', __name__: 'up' }, samples: [{ value: 1, timestamp: 300 }] },
    ]);
    const expected = [
      ['0a', '28'], // timeseries, 40 bytes
      [
        '0a',
        '0e',
        '0a08',
        Buffer.from('__name__').toString('hex'),
        '1202',
        Buffer.from('up').toString('hex'),
      ],
      ['0a', '08', '0a03', Buffer.from('job').toString('hex'), '1201', Buffer.from('j').toString('hex')],
      ['12', '0c', '09', '000000000000f03f', '10', 'ac02'], // 1.0 as a double, 300 as a varint
    ];
    expect(Buffer.from(snappy.uncompress(body)).toString('hex')).toBe(expected.flat().join(''));
  });

  it('wraps them in the block format of Snappy, whose first bytes are the length of the plain bytes', () => {
    const body = encodeWriteRequest([
      { labels: { __name__: 'up' }, samples: [{ value: 1, timestamp: 300 }] },
    ]);
    expect(body[0]).toBe(snappy.uncompress(body).length);
    expect(Buffer.from(body.subarray(0, 4)).toString('latin1')).not.toBe('\xff\x06\x00\x00');
  });

  it('comes back whole from decoding, with times beyond 32 bits, fractions and special values', () => {
    const series = [
      { labels: { __name__: 'a', ünï: 'cödé' }, samples: [{ value: 0.1, timestamp: 1_790_000_000_123 }] },
      {
        labels: { __name__: 'b' },
        samples: [
          { value: -1e300, timestamp: -5 },
          { value: Number.POSITIVE_INFINITY, timestamp: 0 },
        ],
      },
      { labels: { __name__: 'empty' }, samples: [] },
    ];
    expect(decodeWriteRequest(encodeWriteRequest(series))).toEqual(series);
  });

  it('encodes a thousand series into one body', () => {
    const series = Array.from({ length: 1000 }, (_, index) => ({
      labels: { __name__: 'm', series: index.toString() },
      samples: [{ value: index, timestamp: 1_790_000_000_000 + index }],
    }));
    expect(decodeWriteRequest(encodeWriteRequest(series))).toEqual(series);
  });
});

describe('decoding a write request', () => {
  it('refuses bytes that are not Snappy', () => {
    expect(() => decodeWriteRequest(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))).toThrow();
  });
});
