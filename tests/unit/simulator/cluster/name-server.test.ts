import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerQuery } from '../../../../src/simulator/cluster/name-server.ts';
import { serveOverTcp } from '../../../../src/simulator/cluster/name-server-tcp.ts';

const lookup = (name: string) => ({ 'a.b': ['10.1.0.2', '10.1.0.3'] })[name];

function query(name: string, type: number): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const header = Buffer.from('abcd01000001000000000000', 'hex');
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

describe('the name server', () => {
  it('answers with every address, the query’s number and its question', () => {
    const question = '0141016200' + '00010001';
    const record = (address: string) => `c00c00010001000000050004${address}`;
    expect(answerQuery(query('A.b', 1), lookup)?.toString('hex')).toBe(
      `abcd85800001000200000000${question}${record('0a010002')}${record('0a010003')}`,
    );
  });

  it('has no IPv6 address for a name that exists', () => {
    expect(answerQuery(query('a.b', 28), lookup)?.subarray(0, 12).toString('hex')).toBe(
      'abcd85800001000000000000',
    );
  });

  it('says that other names do not exist', () => {
    expect(answerQuery(query('x.b', 1), lookup)?.subarray(0, 12).toString('hex')).toBe(
      'abcd85830001000000000000',
    );
  });

  it('ignores what is no query', () => {
    const whole = query('a.b', 1);
    const response = Buffer.from(whole);
    response.writeUInt8(0x80, 2);
    const pointer = Buffer.from(whole);
    pointer.writeUInt8(0xc0, 12);
    for (const message of [response, pointer, Buffer.alloc(0), Buffer.alloc(11)]) {
      expect(answerQuery(message, lookup)).toBeUndefined();
    }
    for (let length = 0; length < whole.length; length++) {
      expect(answerQuery(whole.subarray(0, length), lookup)).toBeUndefined();
    }
  });

  it('answers over TCP too, however the questions come cut or together, and ends with what is none', async () => {
    const answer = (message: Buffer) => answerQuery(message, lookup);
    const server = await serveOverTcp({ address: '127.0.0.1', port: 0 }, answer);
    const socket = connect(server.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    const framed = (message: Buffer) => Buffer.concat([Buffer.from([0, message.length]), message]);
    const [first, second] = [query('a.b', 1), query('x.b', 1)];
    const questions = Buffer.concat([framed(first), framed(second), framed(Buffer.alloc(3))]);
    socket.write(questions.subarray(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(questions.subarray(10));
    await once(socket, 'close');
    server.close();
    const answers = [answer(first), answer(second)].map((one) => framed(one ?? Buffer.alloc(0)));
    expect(Buffer.concat(received)).toEqual(Buffer.concat(answers));
  });
});
