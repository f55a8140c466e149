import type { HookContext } from '../hook-context.ts';

/** How a tool was called. */
export interface ToolCall {
  readonly name: string;
  /** Without the tool's name. */
  readonly args: readonly string[];
  /** The caller's directory. */
  readonly directory: string;
  /** Undefined if the caller sent none. */
  readonly stdin: Uint8Array | undefined;
}

/** What a caller gets back. */
export interface ToolAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A hook tool: gives what it prints, or throws `ToolFailure` or `JujuError`. */
export type Tool = (call: ToolCall, context: HookContext) => string | Promise<string>;

/** A refusal with its exit code: 2 for flags and arguments, 1 while running (Juju: cmd). */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
  readonly code: 1 | 2;

  constructor(code: 1 | 2, message: string) {
    super(message);
    this.code = code;
  }
}

/** A tool that reads stdin was called without: answered as an RPC error, upon which the client sends it. */
export class StdinNeeded extends Error {
  override readonly name = 'StdinNeeded';

  constructor() {
    super('hook tool requires stdin, none supplied');
  }
}
