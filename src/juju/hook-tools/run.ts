import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { HookToolError } from '../errors.ts';
import type { HookToolTransport, ToolCall, ToolOutput } from '../transport/transport.ts';

// zod/mini has no words of its own for what is wrong.
z.config(en());

/** The flag that makes a tool answer in JSON. */
export const asJson = '--format=json';

/**
 * Runs a tool that should end with exit code 0, and returns what it wrote to stdout.
 * @throws HookToolError, TransportError
 */
export async function runTool(transport: HookToolTransport, call: ToolCall): Promise<string> {
  const output = await transport.call(call);
  if (output.code !== 0) throw toError(call, output);
  return output.stdout.toString('utf8');
}

/** How to read a tool's JSON. */
export interface JsonReading<T> {
  readonly schema: z.ZodMiniType<T>;
  /** The answer for `null` and for no output at all: a missing value is no error in Juju (Juju: cmd/output.go). */
  readonly absent: T;
  /** Stands for a failure whose text matches, where the world may rightly be so. */
  readonly expected?: { readonly failure: RegExp; readonly value: T };
}

/**
 * Runs a tool and reads its JSON.
 * @throws HookToolError, TransportError
 */
export async function readJson<T>(
  transport: HookToolTransport,
  call: ToolCall,
  { schema, absent, expected }: JsonReading<T>,
): Promise<T> {
  const output = await transport.call(call);
  if (output.code !== 0) {
    const error = toError(call, output);
    if (expected?.failure.test(error.stderr) === true) return expected.value;
    throw error;
  }
  const value = parseJson(call, output.stdout.toString('utf8'));
  if (value === null) return absent;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw unreadable(call, `its output has another shape: ${z.prettifyError(result.error)}`);
}

/** Words that may begin with a dash, kept from being read as flags (Juju: gnuflag). */
export function positional(...words: readonly string[]): readonly string[] {
  return words.some((word) => word.startsWith('-')) ? ['--', ...words] : words;
}

function parseJson(call: ToolCall, text: string): unknown {
  if (text.trim() === '' || text.trim() === '""') return null;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the text, which may be a secret.
    throw unreadable(call, 'its output is not JSON');
  }
}

function toError({ tool, args }: ToolCall, { code, stderr }: ToolOutput): HookToolError {
  return new HookToolError({ tool, args, code, stderr: stderr.toString('utf8') });
}

function unreadable({ tool, args }: ToolCall, why: string): HookToolError {
  return new HookToolError({ tool, args, code: 0, stderr: why });
}
