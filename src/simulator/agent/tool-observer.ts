/** One call of a hook tool, as it was carried out. */
export interface ToolRecord {
  /** Hook or action of the dispatch. */
  readonly operation: string;
  readonly tool: string;
  readonly args: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Looks at a unit's hook-tool calls, delays them, and kills the dispatch that makes them. */
export interface ToolObserver {
  /** Milliseconds that each call takes more than it needs. */
  latency(): number;
  /** Counts a call of the running dispatch, before it is carried out; true: kill the dispatch instead. */
  mustKill(operation: string): boolean;
  record(call: ToolRecord): void;
  /** A new dispatch began: calls are counted from 1. */
  dispatchBegan(): void;
}

/** An observer of one unit, with the switches that the administrator of the simulator has. */
export interface UnitObserver extends ToolObserver {
  /** Kills the next dispatch of `hook` (any if undefined) at its N-th call. */
  armKill(kill: { readonly hook: string | undefined; readonly call: number }): void;
  /** Turns recording on, which empties the record, or off. */
  setRecording(on: boolean): void;
  recorded(): readonly ToolRecord[];
}

/** Makes a unit's observer; `latency` gives the milliseconds that hold now. */
export function createUnitObserver(latency: () => number): UnitObserver {
  let records: ToolRecord[] = [];
  let recording = false;
  let armed: { readonly hook: string | undefined; readonly call: number } | undefined;
  let calls = 0;
  return {
    latency,
    dispatchBegan: () => {
      calls = 0;
    },
    mustKill: (operation) => {
      calls += 1;
      if (armed?.call !== calls || (armed.hook !== undefined && armed.hook !== operation)) return false;
      armed = undefined;
      return true;
    },
    record: (call) => {
      if (recording) records.push(call);
    },
    armKill: (kill) => {
      armed = kill;
    },
    setRecording: (on) => {
      if (on) records = [];
      recording = on;
    },
    recorded: () => records,
  };
}
