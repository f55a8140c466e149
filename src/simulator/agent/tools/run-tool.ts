import { JujuError } from '../../model/errors.ts';
import type { HookContext } from '../hook-context.ts';
import { actionTools } from './action.ts';
import { configTools } from './config.ts';
import { goalTools } from './goal-state.ts';
import { placeTools } from './place.ts';
import { portTools } from './port.ts';
import { relationTools } from './relation.ts';
import { secretTools } from './secret.ts';
import { stateTools } from './state.ts';
import { statusTools } from './status.ts';
import { ToolFailure } from './tool.ts';
import type { Tool, ToolAnswer, ToolCall } from './tool.ts';

const tools: Readonly<Record<string, Tool>> = {
  ...{ ...relationTools, ...configTools, ...statusTools, ...portTools },
  ...{ ...actionTools, ...stateTools, ...placeTools, ...goalTools, ...secretTools },
};

/** Names of all hook tools, as they stand on PATH. */
export const toolNames: readonly string[] = Object.keys(tools).sort();

/** Whether there is a tool of this name. */
export function isTool(name: string): boolean {
  return Object.hasOwn(tools, name);
}

/** Runs a tool; what it refuses becomes exit code and `ERROR` line. A missing stdin is thrown as `StdinNeeded`. */
export async function runTool(call: ToolCall, context: HookContext): Promise<ToolAnswer> {
  const tool = tools[call.name];
  if (tool === undefined) return refusal(1, `unknown command: ${call.name}`);
  if (asksForHelp(call)) return { code: 0, stdout: `Usage: ${call.name} [options] …\n`, stderr: '' };
  try {
    return { code: 0, stdout: await tool(call, context), stderr: '' };
  } catch (error) {
    if (error instanceof ToolFailure) return refusal(error.code, error.message);
    if (error instanceof JujuError) return refusal(1, error.message);
    throw error;
  }
}

/** Juju's tools show their help wherever the flag stands among the arguments. */
function asksForHelp({ args }: ToolCall): boolean {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}

function refusal(code: number, message: string): ToolAnswer {
  return { code, stdout: '', stderr: `ERROR ${message}\n` };
}
