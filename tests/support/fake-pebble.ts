import { isDeepStrictEqual } from 'node:util';
import { readyCheck, serviceName } from '../../src/charm/layer.ts';
import type { Clock } from '../../src/charm/ports.ts';
import {
  type Change,
  parsePlan,
  PebbleApiError,
  PebbleChangeError,
  type PebbleClient,
  type PebblePlan,
  PebbleUnreachableError,
  renderLayer,
  type Service,
  type ServiceCurrent,
} from '../../src/pebble/index.ts';

/** What the Mimir of an image does with a configuration. */
export interface FakeProgram {
  /** What `-version` prints; undefined if the image has no Mimir. */
  version: string | undefined;
  /** Why `-modules` refuses a configuration; undefined if it lets it pass. */
  refuses: (config: string) => string | undefined;
  /** Mimir's last words, if it exits with this configuration after `exitsAfterMs`. */
  exits: (config: string) => string | undefined;
  exitsAfterMs: number;
  /** From its start on; `Infinity` for never. */
  readyAfterMs: number;
}

/** A workload container: Pebble, its files, and the one service that runs in it. */
export interface FakeContainer {
  reachable: boolean;
  /** The call of Pebble at which the container goes away. */
  goesAwayAt: keyof PebbleClient | undefined;
  plan: PebblePlan;
  readonly files: Map<string, string>;
  /** No file can be written. */
  diskFull: boolean;
  program: FakeProgram;
  /** How Mimir was started last; undefined if it never was. */
  started: { readonly service: Service; readonly config: string; readonly at: number } | undefined;
  stopped: boolean;
  /** Pebble restarts Mimir at each replan, as if somebody changed the plan in between. */
  restless: boolean;
  checkDown: boolean;
  readonly calls: string[];
}

/** A container as it is right after its start; its Mimir takes everything and is ready after 1.5 s. */
export function aFakeContainer(): FakeContainer {
  return {
    reachable: true,
    goesAwayAt: undefined,
    plan: { services: {}, checks: {}, 'log-targets': {} },
    files: new Map(),
    diskFull: false,
    program: {
      version: 'Mimir, version 3.0.5 (branch: HEAD, revision: 1a2b3c)',
      refuses: () => undefined,
      exits: () => undefined,
      exitsAfterMs: 1_200,
      readyAfterMs: 1_500,
    },
    started: undefined,
    stopped: false,
    restless: false,
    checkDown: false,
    calls: [],
  };
}

/** Pebble's word for Mimir's service at this moment. */
export function serviceIn({ started, stopped, program }: FakeContainer, now: number): ServiceCurrent {
  if (started === undefined || stopped) return 'inactive';
  const exited = program.exits(started.config) !== undefined && now >= started.at + program.exitsAfterMs;
  return exited ? 'backoff' : 'active';
}

/** Mimir answers `/ready` at this moment. */
export function isReadyIn(container: FakeContainer, now: number): boolean {
  const since = container.started?.at ?? Infinity;
  return (
    container.reachable &&
    serviceIn(container, now) === 'active' &&
    now >= since + container.program.readyAfterMs
  );
}

type Needed = Pick<
  PebbleClient,
  | 'plan'
  | 'addLayer'
  | 'services'
  | 'stop'
  | 'replan'
  | 'readFiles'
  | 'writeFile'
  | 'writeFiles'
  | 'removePath'
  | 'exec'
  | 'checks'
  | 'logs'
>;

/** A client of its Pebble; what no hook needs fails. */
export function fakePebbleClient(container: FakeContainer, clock: Clock): PebbleClient {
  const guard = (name: keyof PebbleClient) => {
    container.calls.push(name);
    if (container.goesAwayAt === name) container.reachable = false;
    if (!container.reachable) throw new PebbleUnreachableError(name, 'no socket');
  };
  const none = (name: string) => () => Promise.reject(new Error(`cannot ${name}: no hook needs it`));
  return {
    ...bindFiles(container, guard),
    ...bindServices(container, { guard, clock }),
    readFile: none('readFile'),
    readFileBytes: none('readFileBytes'),
    listFiles: none('listFiles'),
    makeDirs: none('makeDirs'),
    start: none('start'),
    restart: none('restart'),
    change: none('change'),
    waitChange: none('waitChange'),
    health: none('health'),
    notices: none('notices'),
    notify: none('notify'),
    signal: none('signal'),
    systemInfo: none('systemInfo'),
    close: () => undefined,
  };
}

type Guard = (name: keyof PebbleClient) => void;
type FileNeeds = 'readFiles' | 'writeFile' | 'writeFiles' | 'removePath' | 'exec' | 'logs';

/* eslint-disable @typescript-eslint/require-await -- async turns what is thrown into a rejection, as Pebble's client does */
function bindFiles(container: FakeContainer, guard: Guard): Pick<Needed, FileNeeds> {
  const { files } = container;
  return {
    readFiles: async (paths) => {
      guard('readFiles');
      return new Map(paths.map((path) => [path, files.get(path)]));
    },
    writeFile: async ({ path, content }) => {
      guard('writeFile');
      refuseIfFull(container, path);
      files.set(path, content.toString());
    },
    writeFiles: async (pushed) => {
      guard('writeFiles');
      for (const { path, content } of pushed) {
        refuseIfFull(container, path);
        files.set(path, content.toString());
      }
    },
    removePath: async (path) => {
      guard('removePath');
      files.delete(path);
    },
    exec: async ({ command }) => {
      guard('exec');
      const { program } = container;
      if (program.version === undefined) {
        const why = 'cannot find executable "/bin/mimir"';
        throw new PebbleApiError('run /bin/mimir', why, { kind: 'unspecified', statusCode: 400 });
      }
      if (command.includes('-version')) return { exitCode: 0, stdout: program.version, stderr: '' };
      const path = command.find((word) => word.startsWith('-config.file='))?.split('=')[1] ?? '';
      const words = program.refuses(files.get(path) ?? '');
      const stderr = words === undefined ? '' : `error validating config: ${words}\n`;
      return { exitCode: words === undefined ? 0 : 1, stdout: '', stderr };
    },
    logs: async () => {
      guard('logs');
      const words = container.started && container.program.exits(container.started.config);
      const message = words === undefined ? 'level=info starting' : `level=error ${words}`;
      return [{ time: '2026-01-01T00:00:00Z', service: serviceName, message }];
    },
  };
}

/** Pebble: a file is first written beside its place, by another name. */
function refuseIfFull({ diskFull }: FakeContainer, path: string): void {
  const why = `write ${path}.new: no space left on device`;
  if (diskFull)
    throw new PebbleApiError(`write ${path}`, why, { kind: 'generic-file-error', statusCode: 200 });
}

interface Time {
  readonly guard: Guard;
  readonly clock: Clock;
}

function bindServices(container: FakeContainer, { guard, clock }: Time): Omit<Needed, FileNeeds> {
  return {
    plan: async () => {
      guard('plan');
      return container.plan;
    },
    addLayer: async (_label, layer) => {
      guard('addLayer');
      const added = parsePlan(renderLayer(layer));
      container.plan = {
        services: { ...container.plan.services, ...added.services },
        checks: { ...container.plan.checks, ...added.checks },
        'log-targets': { ...container.plan['log-targets'], ...added['log-targets'] },
      };
    },
    services: async () => {
      guard('services');
      const service = container.plan.services[serviceName];
      if (service === undefined) return [];
      const current = serviceIn(container, clock.now());
      return [{ name: serviceName, startup: service.startup ?? 'disabled', current }];
    },
    stop: async () => {
      guard('stop');
      container.stopped = true;
      return aChange(['stop']);
    },
    replan: async () => {
      guard('replan');
      return replan(container, clock);
    },
    checks: async () => {
      guard('checks');
      if (!(readyCheck in container.plan.checks)) return [];
      const status = container.checkDown ? 'down' : 'up';
      return [{ name: readyCheck, level: 'ready', status, successes: 0, failures: 0, threshold: 2 }];
    },
  };
}
/* eslint-enable @typescript-eslint/require-await */

/** Pebble: what differs from what it was started with is stopped, then all that is enabled is "started", running or not. */
async function replan(container: FakeContainer, clock: Clock): Promise<Change> {
  const service = container.plan.services[serviceName];
  if (service === undefined) return aChange([]);
  const { started } = container;
  const changed =
    started !== undefined && (container.restless || !isDeepStrictEqual(started.service, service));
  if (service.startup !== 'enabled') return aChange(changed ? ['stop'] : []);
  if (changed || serviceIn(container, clock.now()) !== 'active') await start(container, { service, clock });
  return aChange(changed ? ['stop', 'start'] : ['start']);
}

/** Pebble: a start is done when the service has run for a second, and failed if it exits sooner. */
async function start(
  container: FakeContainer,
  { service, clock }: { service: Service; clock: Clock },
): Promise<void> {
  const path = service.command?.split('=')[1] ?? '';
  const config = container.files.get(path) ?? '';
  container.started = { service, config, at: clock.now() };
  container.stopped = false;
  const { exits, exitsAfterMs } = container.program;
  const exited = exits(config) !== undefined && exitsAfterMs < 1_000;
  await clock.sleep(exited ? exitsAfterMs : 1_000);
  if (!exited) return;
  const err = 'cannot perform the following tasks:\n- Start service "mimir" (exited quickly with code 1)';
  throw new PebbleChangeError('replan', { ...aChange(['start']), status: 'Error', err });
}

function aChange(tasks: readonly string[]): Change {
  return {
    id: '1',
    kind: 'replan',
    summary: '',
    status: 'Done',
    ready: true,
    tasks: tasks.map((kind) => ({ id: kind, kind, summary: '', status: 'Done', log: [], data: {} })),
  };
}
