import type { StatusName } from '../juju/index.ts';

/** Something that an administrator should know, with what to do about it. */
export interface Problem {
  readonly status: StatusName;
  /** The option, endpoint or container that it is about, as the administrator knows it. */
  readonly source: string;
  /** One sentence that says what is wrong and what to do next. */
  readonly message: string;
}

/** The status of a unit as Juju shows it. */
export interface ShownStatus {
  readonly status: StatusName;
  readonly message: string;
}

const gravest: readonly StatusName[] = ['blocked', 'maintenance', 'waiting', 'active'];

/** Picks the status to show: the gravest problem, the first of its rank, and how many more there are of it. */
export function highest(problems: readonly Problem[]): ShownStatus {
  for (const status of gravest) {
    const [first, ...others] = problems.filter((problem) => problem.status === status);
    if (first === undefined) continue;
    const more = others.length === 0 ? '' : ` (and ${others.length} more, see juju debug-log)`;
    return { status, message: `[${first.source}] ${first.message}${more}` };
  }
  return { status: 'active', message: '' };
}

/** Takes a status that Juju reports, if it is one that a charm can set; Juju's own (unknown, error) are undefined. */
export function parseShownStatus(reported: { status: string; message: string }): ShownStatus | undefined {
  const status = gravest.find((name) => name === reported.status);
  return status === undefined ? undefined : { status, message: reported.message };
}

/** Longest text of other people's in a status, in characters. */
const briefLength = 300;

/** Brings words that others wrote into one line of a status: at most 300 characters, no final stop. */
export function briefly(words: string): string {
  const line = words.trim().replaceAll(/\s+/g, ' ').replace(/\.$/, '');
  return line.length <= briefLength ? line : `${line.slice(0, briefLength)}…`;
}
