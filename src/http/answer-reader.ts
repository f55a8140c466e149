import { HTTPParser } from 'http-parser-js';

/** What an HTTP server answered, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** An answer that is whole. */
export interface ReadAnswer extends HttpAnswer {
  /** The connection may carry another request. */
  readonly keepAlive: boolean;
  /** What came behind the answer: the beginning of the other protocol after a 101. */
  readonly rest: Buffer;
}

/** Reads one answer out of what a connection brings. */
export interface AnswerReader {
  /**
   * Takes a chunk; returns the answer when it is whole.
   * @throws Error if it is no HTTP.
   */
  feed(chunk: Buffer): ReadAnswer | undefined;
  /** The connection has ended: returns the answer if that ends it, as of a body without a length. */
  finish(): ReadAnswer | undefined;
}

const nothing = Buffer.alloc(0);

/** Makes a reader of one answer. Interim answers, such as 100, are passed over. */
export function createAnswerReader(): AnswerReader {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  const chunks: Buffer[] = [];
  let head = { status: 0, headers: new Map<string, string>(), keepAlive: false };
  let whole = false;
  parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers, shouldKeepAlive }) => {
    head = { status: statusCode, headers: toMap(headers), keepAlive: shouldKeepAlive };
  };
  parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
    chunks.push(chunk.subarray(offset, offset + length));
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    whole ||= head.status >= 200 || head.status === 101;
  };
  const answer = (rest: Buffer): ReadAnswer | undefined =>
    whole ? { ...head, body: Buffer.concat(chunks), rest } : undefined;
  return {
    feed: (chunk) => {
      const consumed = parser.execute(chunk);
      if (typeof consumed === 'number') return answer(chunk.subarray(consumed));
      throw new Error(`the answer is no HTTP: ${consumed.message}`);
    },
    finish: () => {
      parser.finish();
      return answer(nothing);
    },
  };
}

/** Names and values by turns, as the parser has them. */
function toMap(headers: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    map.set((headers[at] ?? '').toLowerCase(), headers[at + 1] ?? '');
  }
  return map;
}
