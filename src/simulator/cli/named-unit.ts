import { CommandError, UsageError, type CommandContext } from './command.ts';
import { jujuStatus } from './status-schema.ts';

/** The unit that `app/0` or `app/leader` names, as `juju run` and `juju exec` take it. */
export async function namedUnit(name: string, { client }: CommandContext): Promise<string> {
  if (/^[^/]+\/\d+$/.test(name)) return name;
  const [, application] = /^([^/]+)\/leader$/.exec(name) ?? [];
  if (application === undefined) throw new UsageError(`invalid unit name "${name}"`);
  const { applications } = jujuStatus.parse(await client.request({ command: 'status' }));
  const units = Object.entries(applications[application]?.units ?? {});
  const leader = units.find(([, unit]) => unit.leader);
  if (leader === undefined) throw new CommandError(`could not determine leader for "${application}"`);
  return leader[0];
}
