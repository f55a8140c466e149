import type { LogLine } from '../agent/hook-context.ts';
import { unitTag } from '../agent/paths.ts';

/** The model's log: its last lines, and who follows it. */
export interface DebugLog {
  add(line: LogLine): void;
  /** Lines so far, oldest first; `include` is a unit, its tag, or a module. */
  lines(include?: string): readonly string[];
  /** Calls `listener` with each new line, until the returned function is called. */
  follow(listener: (line: string) => void, include?: string): () => void;
}

/** Lines that are kept. */
const capacity = 20_000;

interface Entry {
  readonly text: string;
  readonly names: readonly string[];
}

/** Makes an empty log; `now` gives the time of a line. */
export function createDebugLog(now: () => Date): DebugLog {
  const entries: Entry[] = [];
  const listeners = new Set<(entry: Entry) => void>();
  return {
    add: ({ unit, module, level, message }) => {
      const tag = unitTag(unit);
      const time = now().toISOString().slice(11, 23);
      const text = `${tag}: ${time} ${level} unit.${unit}.${module} ${message}`;
      const entry = { text, names: [unit, tag, module] };
      entries.push(entry);
      if (entries.length > capacity) entries.shift();
      for (const listener of listeners) listener(entry);
    },
    lines: (include) => entries.filter((entry) => includes(entry, include)).map(({ text }) => text),
    follow: (listener, include) => {
      const filtered = (entry: Entry) => {
        if (includes(entry, include)) listener(entry.text);
      };
      listeners.add(filtered);
      return () => {
        listeners.delete(filtered);
      };
    },
  };
}

function includes(entry: Entry, include: string | undefined): boolean {
  return include === undefined || entry.names.includes(include);
}
