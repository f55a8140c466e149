import { SimulatorError, SimulatorUnreachableError } from '../client.ts';
import { CommandError, UsageError, type Command, type CommandContext } from './command.ts';
import { describe, findCommand, overview } from './commands.ts';

/** Carries out one command line and returns the exit code: 1 for an error, 2 for a command line not understood. */
export async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const [name = 'help', ...args] = argv;
  try {
    if (name === 'help' || name === '--help' || name === '-h') return help(args[0], context);
    const command = requireCommand(name);
    if (asksForHelp(args, command)) return help(name, context);
    return await command.run(args, context);
  } catch (error) {
    return report(error, context);
  }
}

function help(name: string | undefined, { stdout }: CommandContext): number {
  stdout(name === undefined ? overview() : describe(requireCommand(name)));
  return 0;
}

function requireCommand(name: string): Command {
  const command = findCommand(name);
  if (command === undefined) {
    throw new UsageError(`juju-sim: "${name}" is not a juju-sim command. See "juju-sim help".`);
  }
  return command;
}

function asksForHelp(args: readonly string[], { holdsCommand = false }: Command): boolean {
  return (holdsCommand ? args.slice(0, 1) : args).some((each) => each === '--help' || each === '-h');
}

/** Prints an expected error in Juju's manner; anything else is thrown on. */
function report(error: unknown, { stderr }: CommandContext): number {
  if (error instanceof UsageError || isParseError(error)) {
    stderr(`ERROR ${error.message}\n`);
    return 2;
  }
  if (
    error instanceof CommandError ||
    error instanceof SimulatorError ||
    error instanceof SimulatorUnreachableError
  ) {
    stderr(`ERROR ${error.message}\n`);
    return 1;
  }
  throw error;
}

/** An error that `parseArgs` throws for an option that it does not know. */
function isParseError(error: unknown): error is TypeError {
  return (
    error instanceof TypeError &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS_')
  );
}
