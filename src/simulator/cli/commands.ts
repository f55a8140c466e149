import type { Command } from './command.ts';
import { bootstrap, deploy, down } from './commands/deploy.ts';
import { cutNetwork, kill, mendNetwork } from './commands/fault.ts';
import { config, integrate, removeApplication, removeRelation, scaleApplication } from './commands/model.ts';
import { debugLog, showUnit, status, waitForIdle } from './commands/observe.ts';
import { refresh } from './commands/refresh.ts';
import { run, runAction } from './commands/run.ts';
import { addSecret, grantSecret, updateSecret } from './commands/secret.ts';
import { exec, fire, resolved, setLeader, ssh } from './commands/unit.ts';

/** Every command but `help`, in the order in which help lists them. */
export const commands: readonly Command[] = [
  bootstrap,
  deploy,
  integrate,
  removeRelation,
  config,
  run,
  runAction,
  scaleApplication,
  refresh,
  removeApplication,
  addSecret,
  grantSecret,
  updateSecret,
  status,
  showUnit,
  debugLog,
  exec,
  ssh,
  resolved,
  setLeader,
  kill,
  cutNetwork,
  mendNetwork,
  fire,
  waitForIdle,
  down,
];

/** The command of a name or an alias; undefined if there is none. */
export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name));
}

/** What `juju-sim help` prints. */
export function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
  return (
    'juju-sim is a small Juju on this machine: it runs real charms, with real Pebble, and needs no Kubernetes.\n\n' +
    `Usage: juju-sim COMMAND [ARGUMENT…]\n\n${lines.join('')}\n` +
    "Run 'juju-sim help COMMAND' for more. JUJU_SIM_DIR names the folder that the simulator keeps its state in.\n"
  );
}

/** What `juju-sim help COMMAND` prints. */
export function describe({ usage, summary, details, aliases = [] }: Command): string {
  const also = aliases.length === 0 ? '' : `\nAlso: ${aliases.join(', ')}\n`;
  const more = details === undefined ? '' : `\n${details}\n`;
  return `Usage: juju-sim ${usage}\n\n${summary}\n${more}${also}`;
}
