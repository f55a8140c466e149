import { fieldsOf, type GobFields } from './gob-fields.ts';
import { createGobReader } from './gob-reader.ts';
import type { GobValue } from './gob-types.ts';
import { createGobWriter } from './gob-writer.ts';
import {
  definedId,
  readRequest,
  readResponse,
  requestTypes,
  responseTypes,
  serviceMethod,
  type ToolRequest,
  type ToolResponse,
} from './rpc-messages.ts';

/** A request as it came in. */
export interface RpcRequest {
  /** Number of the call on its connection; the answer must carry it. */
  readonly seq: number;
  /** Such as `Jujuc.Main`; anything else deserves an error answer. */
  readonly method: string;
  readonly request: ToolRequest;
}

/** An answer: what the tool left behind, or why it was not run. */
export type RpcAnswer =
  | { readonly seq: number; readonly response: ToolResponse }
  | { readonly seq: number; readonly error: string };

/** The caller's side of one connection to a unit agent. */
export interface RpcClientCodec {
  encodeRequest(seq: number, request: ToolRequest): Buffer;
  /**
   * Takes a chunk and returns the answers that are now whole.
   * @throws GobError if it cannot be an answer; the codec is of no use afterwards.
   */
  feed(chunk: Buffer): readonly RpcAnswer[];
  /** Whether an answer has begun and not ended. */
  pending(): boolean;
}

/** The unit agent's side of one connection. */
export interface RpcServerCodec {
  encodeAnswer(answer: RpcAnswer): Buffer;
  /**
   * Takes a chunk and returns the requests that are now whole.
   * @throws GobError if it cannot be a request; the codec is of no use afterwards.
   */
  feed(chunk: Buffer): readonly RpcRequest[];
}

/** A codec for a new connection, of the side that calls `Jujuc.Main`. */
export function createRpcClientCodec(): RpcClientCodec {
  const writer = createGobWriter(requestTypes);
  const reader = createPairReader((header, body): RpcAnswer => {
    const seq = header.number('Seq');
    const error = header.text('Error');
    return error === '' ? { seq, response: readResponse(body) } : { seq, error };
  });
  return {
    encodeRequest: (seq, { contextId, dir, commandName, args, stdin }) =>
      Buffer.concat([
        writer.encode(definedId.header, { ServiceMethod: serviceMethod, Seq: seq }),
        writer.encode(definedId.body, {
          ContextId: contextId,
          Dir: dir,
          CommandName: commandName,
          Args: args,
          StdinSet: stdin !== undefined,
          Stdin: stdin ?? Buffer.alloc(0),
        }),
      ]),
    ...reader,
  };
}

/** A codec for a new connection, of the side that answers `Jujuc.Main`. */
export function createRpcServerCodec(): RpcServerCodec {
  const writer = createGobWriter(responseTypes);
  const reader = createPairReader((header, body): RpcRequest => {
    const [seq, method] = [header.number('Seq'), header.text('ServiceMethod')];
    return { seq, method, request: readRequest(body) };
  });
  const encodeHeader = (answer: RpcAnswer) =>
    writer.encode(definedId.header, {
      ServiceMethod: serviceMethod,
      Seq: answer.seq,
      Error: 'error' in answer ? answer.error : '',
    });
  const encodeBody = (answer: RpcAnswer) => {
    if ('error' in answer) return writer.encode(definedId.other, {});
    const { code, stdout, stderr } = answer.response;
    return writer.encode(definedId.body, { Code: code, Stdout: stdout, Stderr: stderr });
  };
  return {
    encodeAnswer: (answer) => Buffer.concat([encodeHeader(answer), encodeBody(answer)]),
    feed: (chunk) => reader.feed(chunk),
  };
}

interface PairReader<T> {
  feed(chunk: Buffer): readonly T[];
  pending(): boolean;
}

/** Joins each header with the body that follows it. */
function createPairReader<T>(join: (header: GobFields, body: GobFields) => T): PairReader<T> {
  const reader = createGobReader();
  let header: GobValue | undefined;
  const add = (value: GobValue): readonly T[] => {
    if (header === undefined) {
      header = value;
      return [];
    }
    const pair = join(fieldsOf(header), fieldsOf(value));
    header = undefined;
    return [pair];
  };
  return {
    feed: (chunk) => reader.feed(chunk).flatMap(add),
    pending: () => header !== undefined || reader.pending(),
  };
}
