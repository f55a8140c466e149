/** A hook tool to be run, with its arguments (without its own name first). */
export interface ToolCall {
  readonly tool: string;
  readonly args: readonly string[];
  /** What the tool reads from stdin, for `--file -`; without it the tool's stdin is empty. */
  readonly stdin?: string;
}

/** What a hook tool answered, whatever its exit code. */
export interface ToolOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * The way to Juju's hook tools. Calls are carried out in the order in which they were made (Juju: a mutex per hook lets
 * one tool run at a time); neighbours that only read may change places.
 */
export interface HookToolTransport {
  readonly name: 'agent-socket' | 'spawn';
  /**
   * Runs a tool. One that ran and failed is an answer with its exit code.
   * @throws TransportError if no answer can be had.
   */
  call(call: ToolCall): Promise<ToolOutput>;
  /** Gives back what the transport holds; may be called more than once. Later calls fail. */
  close(): Promise<void>;
}
