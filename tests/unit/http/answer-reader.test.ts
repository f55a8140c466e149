import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerReader, type ReadAnswer } from '../../../src/http/answer-reader.ts';

const answers = {
  'of a length': 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello',
  'in chunks':
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
  'behind an interim one':
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello',
};

/** Feeds the text in pieces of these sizes, the last of which takes the rest. */
function read(text: string, sizes: readonly number[] = []): ReadAnswer | undefined {
  const reader = createAnswerReader();
  let rest = Buffer.from(text);
  for (const size of [...sizes, rest.length]) {
    const answer = rest.length === 0 ? undefined : reader.feed(rest.subarray(0, size));
    if (answer !== undefined) return answer;
    rest = rest.subarray(size);
  }
  return reader.finish();
}

describe('an answer', () => {
  it.each(Object.entries(answers))('%s is read however it is cut', (_what, text) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const { status, headers, body, keepAlive } = read(text, sizes) ?? {};
        expect({ status, type: headers?.get('content-type'), body: body?.toString(), keepAlive }).toEqual({
          status: 200,
          type: 'text/plain',
          body: 'hello',
          keepAlive: true,
        });
      }),
    );
  });

  it('without a length ends with its connection, which carries no other', () => {
    const answer = read('HTTP/1.1 200 OK\r\n\r\nhello');
    expect(answer).toMatchObject({ status: 200, body: Buffer.from('hello'), keepAlive: false });
  });

  it('that is to be the last leaves a connection that carries no other', () => {
    const text = 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n';
    expect(read(text)).toMatchObject({ status: 204, keepAlive: false });
  });

  it('of status 101 is whole with its head, and the rest is the other protocol', () => {
    const text = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nframe';
    expect(read(text)).toMatchObject({ status: 101, rest: Buffer.from('frame') });
  });

  it.each(Object.entries(answers))('%s is none if it is cut off', (_what, text) => {
    expect(read(text.slice(0, -1))).toBeUndefined();
  });

  it('that is no HTTP is an error', () => {
    expect(() => read('SSH-2.0-OpenSSH_9.2\r\n')).toThrow('the answer is no HTTP');
  });
});
