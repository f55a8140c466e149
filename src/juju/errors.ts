/** What a hook tool was asked and how it failed. */
export interface HookToolFailure {
  readonly tool: string;
  readonly args: readonly string[];
  /** Exit code: 2 for bad flags or arguments, 1 for a failure while running (Juju: cmd). */
  readonly code: number;
  /** What the tool wrote to stderr, or what is wrong with what it wrote to stdout. */
  readonly stderr: string;
}

/** Tools whose `key=value` arguments may carry secrets, should anyone pass them so. */
const confidential: ReadonlySet<string> = new Set([
  'action-set',
  'relation-set',
  'secret-add',
  'secret-set',
  'state-set',
]);

/** A hook tool that ran and failed. Its fields and text never show the values that it was given to store. */
export class HookToolError extends Error {
  override readonly name = 'HookToolError';
  readonly tool: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly stderr: string;

  constructor({ tool, args, code, stderr }: HookToolFailure) {
    const masked = maskValues(tool, args);
    const why = stderr.trim().replace(/^ERROR /, '') || 'it said nothing';
    super(`cannot run ${[tool, ...masked].join(' ')}: ${why} (exit code ${code})`);
    this.tool = tool;
    this.args = masked;
    this.code = code;
    this.stderr = stderr;
  }
}

/** Why a hook tool could not be asked, or its answer not be had. */
export interface TransportFailure {
  /** The whole sentence, "cannot X: why". */
  readonly message: string;
  /** Whether the tool may have been run: such a call must not be sent again. */
  readonly mayHaveRun: boolean;
  readonly cause?: unknown;
}

/** A call that got no answer: the way to Juju failed, not the tool. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly mayHaveRun: boolean;

  constructor({ message, mayHaveRun, cause }: TransportFailure) {
    super(message, { cause });
    this.mayHaveRun = mayHaveRun;
  }
}

function maskValues(tool: string, args: readonly string[]): readonly string[] {
  if (!confidential.has(tool)) return args;
  return args.map((arg) => (arg.startsWith('-') ? arg : arg.replace(/=.*$/s, '=[redacted]')));
}
