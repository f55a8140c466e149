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

/** Looks at the calls of a unit's dispatches, delays them, and kills the dispatch that makes them. */
export interface ToolObserver {
  /** Milliseconds that each call takes more than it needs. */
  latency(): number;
  /** Variables that dispatches get beside Juju's own. */
  environment(): Readonly<Record<string, string>>;
  /** Counts a call of the running dispatch, before it is carried out; true: the dispatch was killed instead. */
  countCall(): boolean;
  record(call: Omit<ToolRecord, 'operation'>): void;
  /** A new dispatch began: calls are counted from 1. */
  dispatchBegan(dispatch: RunningDispatch): void;
  dispatchEnded(): void;
}

/** A dispatch that runs. */
export interface RunningDispatch {
  /** Name of its hook or action. */
  readonly operation: string;
  readonly kill: () => void;
}

/** An observer of one unit, with the switches that the administrator of the simulator has. */
export interface UnitObserver extends ToolObserver {
  /** Kills the next dispatch of `hook` (any if undefined) at its N-th call; one with fewer calls ends as ever. */
  armKill(kill: { readonly hook: string | undefined; readonly call: number }): void;
  /** Sets the variables that dispatches get beside Juju's own. */
  setEnvironment(variables: Readonly<Record<string, string>>): void;
  /** Turns recording on, which empties the record, or off. */
  setRecording(on: boolean): void;
  recorded(): readonly ToolRecord[];
}

/** Makes a unit's observer; `latency` gives the milliseconds that hold now. */
export function createUnitObserver(latency: () => number): UnitObserver {
  const recorder = createRecorder();
  let armed: { readonly hook: string | undefined; readonly call: number } | undefined;
  /** Of the running dispatch: the call at which it is to be killed. */
  let fatalCall: number | undefined;
  let running: RunningDispatch | undefined;
  let calls = 0;
  let environment: Readonly<Record<string, string>> = {};
  return {
    latency,
    environment: () => environment,
    dispatchBegan: (dispatch) => {
      running = dispatch;
      calls = 0;
      const isMeant = armed?.hook === undefined || armed.hook === dispatch.operation;
      fatalCall = isMeant ? armed?.call : undefined;
      if (isMeant) armed = undefined;
    },
    dispatchEnded: () => {
      running = undefined;
    },
    countCall: () => {
      if (running === undefined) return false;
      calls += 1;
      if (calls !== fatalCall) return false;
      running.kill();
      return true;
    },
    record: (call) => {
      if (running !== undefined) recorder.add({ operation: running.operation, ...call });
    },
    armKill: (kill) => {
      armed = kill;
    },
    setEnvironment: (variables) => {
      environment = variables;
    },
    setRecording: recorder.setRecording,
    recorded: recorder.recorded,
  };
}

function createRecorder() {
  let records: ToolRecord[] = [];
  let recording = false;
  return {
    add: (call: ToolRecord) => {
      if (recording) records.push(call);
    },
    setRecording: (on: boolean) => {
      if (on) records = [];
      recording = on;
    },
    recorded: () => records,
  };
}
