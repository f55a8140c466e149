import { resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { after } from '../../model/secret-changes.ts';
import type { SecretFields } from '../../model/secret-changes.ts';
import { rotatePolicies } from '../../model/secrets.ts';
import type { SecretContent } from '../../model/secrets.ts';
import type { HookContext } from '../hook-context.ts';
import { keyValues } from './arguments.ts';
import type { Flags, ParsedArguments } from './arguments.ts';
import { readSettings } from './stdin-file.ts';
import { ToolFailure } from './tool.ts';
import type { ToolCall } from './tool.ts';

/** Flags of secret-add and secret-set. */
export const secretFlags = ['label=', 'description=', 'rotate=', 'expire=', 'owner=', 'file='];

/** Juju: core/secrets, ParseURI: an xid of 20 characters, with or without the model. */
export function secretId(uri: string): string {
  const id = /^(?:secret:(?:\/\/[^/]+\/)?)?([0-9a-v]{20})$/.exec(uri)?.[1];
  if (id === undefined) throw new ToolFailure(2, `secret URI "${uri}" not valid`);
  return id;
}

/** A new xid: 96 bits in base 32, so that the last of its 20 characters holds one bit. */
export function newSecretId(): string {
  const digits = [...randomBytes(20)].map((byte, index) => (index === 19 ? (byte % 2) * 16 : byte % 32));
  return digits.map((digit) => digit.toString(32)).join('');
}

/** A secret's texts as the model keeps them. */
export function encodeContent(texts: Readonly<Record<string, string>>): SecretContent {
  const encoded = Object.entries(texts).map(
    ([key, text]) => [key, Buffer.from(text).toString('base64')] as const,
  );
  return Object.fromEntries(encoded);
}

/** What a call of secret-add or secret-set says of its secret; `keys` are its `key=value` arguments. */
export async function secretFields(
  { flags, rest: keys }: ParsedArguments,
  call: ToolCall,
  context: HookContext,
): Promise<SecretFields> {
  const { label, description, expire, owner = 'application' } = flags;
  if (owner !== 'application' && owner !== 'unit') {
    throw new ToolFailure(2, `secret owner "${owner}" not valid`);
  }
  const rotate = rotatePolicy(flags);
  const content = await contentOf(keys, flags['file'], { call, context });
  return {
    ...(content && { content }),
    ...(label !== undefined && { label }),
    ...(description !== undefined && { description }),
    ...(rotate !== undefined && { rotate }),
    ...(expire !== undefined && { expires: expiryTime(expire) }),
  };
}

function rotatePolicy({ rotate }: Flags): string | undefined {
  if (rotate === undefined || rotatePolicies.some((known) => known === rotate)) return rotate;
  throw new ToolFailure(2, `rotate policy "${rotate}" not valid`);
}

/** Reads `--expire`: RFC 3339, without zone too, or a duration of Go's. */
function expiryTime(text: string): string {
  const now = new Date().toISOString();
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text) {
    const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
    return after({ now }, ms);
  }
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? `${text}Z` : text;
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(zoned))) return after({ now: zoned }, 0);
  throw new ToolFailure(2, `expire time or duration "${text}" not valid`);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

interface Place {
  readonly call: ToolCall;
  readonly context: HookContext;
}

async function contentOf(
  keys: readonly string[],
  file: string | undefined,
  place: Place,
): Promise<SecretContent | undefined> {
  const given = keyValues(keys);
  const settings = file === undefined ? {} : await readSettings(file, place.call, place.context);
  const content: Record<string, string> = {};
  for (const [name, text] of Object.entries({ ...settings, ...given })) {
    const [key = '', form] = name.split('#');
    if (!/^(?=.{3})[a-z](?:-?[a-z0-9])*$/.test(key)) throw new ToolFailure(2, `key "${key}" not valid`);
    content[key] = await encoded(form, text, place);
  }
  return Object.keys(content).length === 0 ? undefined : content;
}

async function encoded(form: string | undefined, text: string, { call, context }: Place): Promise<string> {
  if (form === 'base64') return text;
  if (form !== 'file') return Buffer.from(text).toString('base64');
  const path = resolve(call.directory, text);
  const bytes = await context.port.readFile(path).catch((error: unknown) => {
    throw new ToolFailure(
      2,
      `cannot read file "${text}": ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  return Buffer.from(bytes).toString('base64');
}
