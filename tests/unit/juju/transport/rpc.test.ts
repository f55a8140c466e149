import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GobError } from '../../../../src/juju/transport/gob-wire.ts';
import {
  createRpcClientCodec,
  createRpcServerCodec,
  type RpcAnswer,
} from '../../../../src/juju/transport/rpc.ts';
import type { ToolRequest } from '../../../../src/juju/transport/rpc-messages.ts';
import { chunked } from './chunked.ts';

// Go's own bytes: net/rpc of Go 1.26 with Juju's request and response types.
const firstRequest =
  '2e7f030101075265717565737401ff80000102010d536572766963654d6574686f64010c00010353657101060000000fff80010a4a756a75632e4d61696e00' +
  '5cff81030101075265717565737401ff820001060109436f6e746578744964010c000103446972010c00010b436f6d6d616e644e616d65010c0001044172677301ff84000108537464696e5365740102000105537464696e010a00000016ff83020101085b5d737472696e6701ff8400010c00002bff820107752f302d632d3101022f63010969732d6c656164657201010d2d2d666f726d61743d6a736f6e00';
const firstAnswer =
  '3aff8503010108526573706f6e736501ff86000103010d536572766963654d6574686f64010c00010353657101060001054572726f72010c0000000fff86010a4a756a75632e4d61696e00' +
  '39ff870301010c45786563526573706f6e736501ff880001030104436f6465010400010653' +
  '74646f7574010a000106537464657272010a0000000aff880205747275650a00';
const secondHeader = '11ff80010a4a756a75632e4d61696e010100';
const errorAnswer =
  '35ff86010a4a756a75632e4d61696e01010122' +
  `${Buffer.from('bad request: command not specified').toString('hex')}00` +
  '0aff89030102ff8a000000' +
  '03ff8a00';

const isLeader: ToolRequest = {
  contextId: 'u/0-c-1',
  dir: '/c',
  commandName: 'is-leader',
  args: ['--format=json'],
  stdin: undefined,
};
const stateSet: ToolRequest = {
  ...isLeader,
  commandName: 'state-set',
  args: ['--file', '-'],
  stdin: Buffer.from('a: b\n'),
};

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('a request', () => {
  test("is written as Go's own net/rpc writes it", () => {
    const codec = createRpcClientCodec();
    expect(codec.encodeRequest(0, isLeader).toString('hex')).toBe(firstRequest);
    const second = codec.encodeRequest(1, stateSet).toString('hex');
    expect(second.startsWith(secondHeader)).toBe(true);
    expect(second.endsWith('02062d2d66696c65012d01010105613a20620a00')).toBe(true);
  });

  test("is read from Go's own bytes", () => {
    const requests = createRpcServerCodec().feed(bytes(firstRequest));
    expect(requests).toStrictEqual([{ seq: 0, method: 'Jujuc.Main', request: isLeader }]);
  });
});

describe('an answer', () => {
  test("is read from Go's own bytes, one that failed and one that was refused too", () => {
    const codec = createRpcClientCodec();
    expect(codec.feed(bytes(firstAnswer))).toStrictEqual([
      { seq: 0, response: { code: 0, stdout: Buffer.from('true\n'), stderr: Buffer.alloc(0) } },
    ]);
    const failed = `11ff86010a4a756a75632e4d61696e0101000fff88010202084552524f5220780a00`;
    expect(codec.feed(bytes(failed))).toStrictEqual([
      { seq: 1, response: { code: 1, stdout: Buffer.alloc(0), stderr: Buffer.from('ERROR x\n') } },
    ]);
    expect(codec.feed(bytes(errorAnswer))).toStrictEqual([
      { seq: 1, error: 'bad request: command not specified' },
    ]);
    expect(codec.feed(bytes(failed))).toHaveLength(1);
  });
});

describe('an answer that has begun', () => {
  test('is pending after each of its bytes but the last', () => {
    const answer = bytes(firstAnswer);
    for (let length = 1; length < answer.length; length += 1) {
      const codec = createRpcClientCodec();
      codec.feed(answer.subarray(0, length));
      expect(codec.pending(), `after ${length} bytes`).toBe(true);
    }
  });

  test('is not pending before and afterwards', () => {
    const codec = createRpcClientCodec();
    expect(codec.pending()).toBe(false);
    codec.feed(bytes(firstAnswer));
    expect(codec.pending()).toBe(false);
    codec.feed(bytes(errorAnswer));
    expect(codec.pending()).toBe(false);
  });
});

const content = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme' });
const plain = { noNullPrototype: true };
const anyRequest = fc.record(
  {
    contextId: text,
    dir: text,
    commandName: text,
    args: fc.array(text),
    stdin: fc.option(content, { nil: undefined }),
  },
  plain,
);
const anyResponse = fc.record({ code: fc.integer(), stdout: content, stderr: content }, plain);
const anyAnswer = fc.oneof(
  fc.record({ response: anyResponse }, plain),
  fc.record({ error: fc.string({ minLength: 1 }) }, plain),
);
const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 });

describe('a connection, however its bytes are split', () => {
  test('carries any requests', () => {
    fc.assert(
      fc.property(fc.array(anyRequest), sizes, (requests, split) => {
        const client = createRpcClientCodec();
        const server = createRpcServerCodec();
        const stream = Buffer.concat(requests.map((request, seq) => client.encodeRequest(seq, request)));
        const read = chunked(stream, split).flatMap((chunk) => server.feed(chunk));
        expect(read).toStrictEqual(requests.map((request, seq) => ({ seq, method: 'Jujuc.Main', request })));
      }),
    );
  });

  test('carries any answers', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer), sizes, (contents, split) => {
        const answers = contents.map((answer, seq): RpcAnswer => ({ seq, ...answer }));
        const client = createRpcClientCodec();
        const server = createRpcServerCodec();
        const stream = Buffer.concat(answers.map((answer) => server.encodeAnswer(answer)));
        const read = chunked(stream, split).flatMap((chunk) => client.feed(chunk));
        expect(read).toStrictEqual(answers);
      }),
    );
  });

  test('carries megabytes', () => {
    const stdout = Buffer.alloc(8 * 1024 * 1024, 'x');
    const answer = { seq: 3, response: { code: 0, stdout, stderr: Buffer.alloc(0) } };
    const stream = createRpcServerCodec().encodeAnswer(answer);
    const client = createRpcClientCodec();
    const read = chunked(stream, [65_536]).flatMap((chunk) => client.feed(chunk));
    const [first] = read;
    // Compared byte for byte by Buffer itself, since Vitest takes a minute for it.
    expect(first !== undefined && 'response' in first && first.response.stdout.equals(stdout)).toBe(true);
    expect(read).toHaveLength(1);
  });
});

describe('hostile bytes', () => {
  test('are refused with a GobError or waited on, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (array) => {
        feedExpectingGobError(Buffer.from(array));
      }),
    );
  });

  test('in the midst of a good answer are refused with a GobError, or make another answer', () => {
    const good = bytes(firstAnswer);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (position, value) => {
        const changed = Buffer.from(good);
        changed[position] = value;
        feedExpectingGobError(changed);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a message longer than 32 MiB', 'fc02000001', 'more than'],
    ['a length of 8 bytes', 'f8ffffffffffffffff', 'more than'],
    ['a number of more than 8 bytes', 'f7', 'more than 8 bytes'],
    ['an empty message', '00', 'ends early'],
    ['a type that is not defined', '03ff8a00', 'type 69 is not defined'],
    ['a string longer than its message', '030c007f', 'ends early'],
    ['a value with more after it', '050c000161ff', 'more follows'],
    ['the definition of a built-in type', '0a150201021600010c0000', 'this id is taken'],
  ])('such as %s are refused', (_, stream, message) => {
    const feed = () => createRpcClientCodec().feed(bytes(stream));
    expect(feed).toThrow(GobError);
    expect(feed).toThrow(message);
  });

  test('such as a type that contains itself without end are refused', () => {
    // type 65 = []type 65, and a value of it that is a list of one list of one list …
    const definition = '0dff81020102ff820001ff820000';
    const nested = Buffer.concat([Buffer.from('ff8200', 'hex'), Buffer.alloc(100, 1)]);
    const stream = Buffer.concat([bytes(definition), Buffer.of(nested.length), nested]);
    expect(() => createRpcClientCodec().feed(stream)).toThrow('levels deep');
  });
});

function feedExpectingGobError(stream: Buffer): void {
  try {
    createRpcClientCodec().feed(stream);
  } catch (error) {
    expect(error).toBeInstanceOf(GobError);
  }
}
