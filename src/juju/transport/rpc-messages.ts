import * as z from 'zod/mini';
import { struct, typeId, type SliceType, type StructType } from './gob-types.ts';
import type { DefinedTypes } from './gob-writer.ts';

/** The one method of the unit agent's socket (Juju: jujuc/server.go). */
export const serviceMethod = 'Jujuc.Main';

/** A hook tool's run, as the unit agent is asked for it (Juju: jujuc.Request). */
export interface ToolRequest {
  readonly contextId: string;
  /** The caller's working directory, absolute. */
  readonly dir: string;
  readonly commandName: string;
  readonly args: readonly string[];
  /** What the tool reads from stdin; undefined if none was sent along. */
  readonly stdin: Buffer | undefined;
}

/** A hook tool's end (Juju: exec.ExecResponse). */
export interface ToolResponse {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const bytes = z._default(z.instanceof(Buffer), () => Buffer.alloc(0));
const text = z._default(z.string(), '');

/** The header before each request (Go: net/rpc). */
export const requestHeader = z.object({ ServiceMethod: text, Seq: z._default(z.int(), 0) });

/** The header before each answer (Go: net/rpc). */
export const responseHeader = z.object({ ServiceMethod: text, Seq: z._default(z.int(), 0), Error: text });

/** The body of a request; what is zero was left out. Fields that we do not know, such as Token, are passed over. */
export const requestBody = z.pipe(
  z.object({
    ContextId: text,
    Dir: text,
    CommandName: text,
    Args: z._default(z.array(z.string()), []),
    StdinSet: z._default(z.boolean(), false),
    Stdin: bytes,
  }),
  z.transform((body): ToolRequest => ({
    contextId: body.ContextId,
    dir: body.Dir,
    commandName: body.CommandName,
    args: body.Args,
    stdin: body.StdinSet ? body.Stdin : undefined,
  })),
);

/** The body of an answer; what is zero was left out. */
export const responseBody = z.pipe(
  z.object({ Code: z._default(z.int(), 0), Stdout: bytes, Stderr: bytes }),
  z.transform((body): ToolResponse => ({ code: body.Code, stdout: body.Stdout, stderr: body.Stderr })),
);

/** Ids of the types that our side of a connection defines. */
export const definedId = { header: 64, body: 65, other: 66 } as const;

/** What the caller's side writes, laid out as in Go. */
export const requestTypes: DefinedTypes = new Map<number, StructType | SliceType>([
  [definedId.header, struct('Request', { ServiceMethod: typeId.string, Seq: typeId.uint })],
  [
    definedId.body,
    struct('Request', {
      ContextId: typeId.string,
      Dir: typeId.string,
      CommandName: typeId.string,
      Args: definedId.other,
      StdinSet: typeId.bool,
      Stdin: typeId.bytes,
    }),
  ],
  [definedId.other, { kind: 'slice', name: '[]string', element: typeId.string }],
]);

/** What the agent's side writes; the body after an error is an empty struct (Go: net/rpc). */
export const responseTypes: DefinedTypes = new Map([
  [
    definedId.header,
    struct('Response', { ServiceMethod: typeId.string, Seq: typeId.uint, Error: typeId.string }),
  ],
  [definedId.body, struct('ExecResponse', { Code: typeId.int, Stdout: typeId.bytes, Stderr: typeId.bytes })],
  [definedId.other, struct('InvalidRequest', {})],
]);
