import { resolve } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../../yaml.ts';
import type { HookContext } from '../hook-context.ts';
import { StdinNeeded, ToolFailure } from './tool.ts';
import type { ToolCall } from './tool.ts';

const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

/** Reads the YAML map of `--file PATH`, or of stdin for `-`. */
export async function readSettings(
  file: string,
  call: ToolCall,
  context: HookContext,
): Promise<Record<string, string>> {
  const bytes = file === '-' ? stdinOf(call) : await context.port.readFile(resolve(call.directory, file));
  const parsed = settings.safeParse(parseYaml(new TextDecoder().decode(bytes)) ?? {});
  if (!parsed.success) throw new ToolFailure(1, 'expected a YAML map of strings');
  return parsed.data;
}

function stdinOf({ stdin }: ToolCall): Uint8Array {
  if (stdin === undefined) throw new StdinNeeded();
  return stdin;
}
