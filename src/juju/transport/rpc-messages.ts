import type { GobFields } from './gob-fields.ts';
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

/** Reads the body of a request. Fields that we do not know, such as Token, are passed over. */
export function readRequest(body: GobFields): ToolRequest {
  return {
    contextId: body.text('ContextId'),
    dir: body.text('Dir'),
    commandName: body.text('CommandName'),
    args: body.texts('Args'),
    stdin: body.flag('StdinSet') ? body.bytes('Stdin') : undefined,
  };
}

/** Reads the body of an answer. */
export function readResponse(body: GobFields): ToolResponse {
  return { code: body.number('Code'), stdout: body.bytes('Stdout'), stderr: body.bytes('Stderr') };
}

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
