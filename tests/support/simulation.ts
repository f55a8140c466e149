import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, type ControlCall, type SimulatorClient } from '../../src/simulator/client.ts';
import { launchSimulator } from '../../src/simulator/launch/launch.ts';
import { sendHttp, type Ask } from './http.ts';

/** The repository's root. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Mimir's Service in the simulated model, as other pods name it. */
const service = { host: 'mimir-k8s.demo.svc.cluster.local', port: 9009 };

export type { HttpAnswer } from './http.ts';

/** A port of one unit's pod. */
export interface UnitPort {
  readonly unit: string;
  readonly port: number;
}

/**
 * How Mimir is deployed, as `mimir-k8s` if no name is given; `storage` is the size of its storage, as after `juju deploy
 * --storage data=`.
 */
export interface MimirOptions {
  readonly application?: string;
  readonly units?: number;
  readonly config?: Record<string, string>;
  readonly storage?: string;
}

/** A simulator of a test's own, with real Pebble and real Mimir. */
export interface Simulation {
  readonly stateDir: string;
  readonly client: SimulatorClient;
  /** Sends a control request and returns its result. */
  ask(call: ControlCall): Promise<unknown>;
  /** Deploys the charm as built. */
  deployMimir(options?: MimirOptions): Promise<void>;
  /** Waits until nothing is queued or running. */
  settle(): Promise<void>;
  /** Requests a path of `mimir-k8s` through its Service, on a connection of its own; status 0 is none. */
  readonly http: Ask;
  /**
   * Requests a path of one unit's own port, on a connection of its own; of a unit that has no pod yet, or one that has
   * another address now, as well. The port was named to {@link startSimulation}.
   */
  direct(unit: string, port?: number): Ask;
  /** The port of this machine that leads to one unit's own port, which was named as well. */
  forwarded(unit: string, port: number): number;
  /** The same simulator, asked without TLS. */
  readonly inClear: Pick<Simulation, 'http' | 'direct'>;
  /** Ends the simulator. */
  close(): Promise<void>;
}

/** The first units of a Mimir, each with the port that it serves on. */
export function mimirPorts(units: number, application = 'mimir-k8s'): readonly UnitPort[] {
  return Array.from({ length: units }, (_, ordinal) => ({
    unit: `${application}/${ordinal}`,
    port: service.port,
  }));
}

/** Starts a simulator in a folder of its own; `reach` are the ports that {@link Simulation.direct} leads to. */
export async function startSimulation({
  reach = [],
}: { reach?: readonly UnitPort[] } = {}): Promise<Simulation> {
  const stateDir = mkdtempSync(join(tmpdir(), 'juju-sim-test-'));
  const entry = join(root, 'src/simulator/controller/daemon.ts');
  const launched = await launchSimulator({
    stateDir,
    entry,
    args: [stateDir],
    forwards: [service, ...reach.map(({ unit, port }) => ({ host: podHost(unit), port }))].map((target) => ({
      listen: 0,
      ...target,
    })),
  });
  const port = launched.forwards[0]?.listen ?? 0;
  const client = connect(stateDir);
  const ask = (call: ControlCall) => client.request(call);
  const forwarded = (unit: string, unitPort: number) => {
    const host = podHost(unit);
    const forward = launched.forwards.find((each) => each.host === host && each.port === unitPort);
    if (forward === undefined) throw new Error(`cannot reach port ${unitPort} of ${unit}: it was not named`);
    return forward.listen;
  };
  const inClear: Simulation['inClear'] = {
    http: (path, options) => sendHttp({ ...options, port, path }),
    direct: (unit, unitPort = service.port) => {
      const forward = forwarded(unit, unitPort);
      return (path, options) => sendHttp({ ...options, port: forward, path });
    },
  };
  return {
    stateDir,
    client,
    ask,
    deployMimir: async ({ application = 'mimir-k8s', units = 1, config = {}, storage = '' } = {}) => {
      const more = {
        resources: { 'mimir-image': 'grafana/mimir:3.0.5' },
        storage: storage === '' ? {} : { data: storage },
      };
      const charm = join(root, 'build/charm');
      await ask({ command: 'deploy', charm, application, units, config, ...more });
    },
    settle: async () => {
      await ask({ command: 'wait-idle', timeoutMs: 240_000 });
    },
    ...inClear,
    inClear,
    forwarded,
    close: async () => {
      await ask({ command: 'down' }).catch((error: unknown) => {
        console.error(error);
      });
      await launched.ended();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** The same simulator, asked over TLS by one who takes this authority's word alone. */
export function overTls(simulation: Simulation, ca: string): Simulation {
  const ask =
    (host: string, plain: Ask): Ask =>
    (path, options) =>
      plain(path, { ...options, tls: { ca, servername: host } });
  return {
    ...simulation,
    http: ask(service.host, simulation.inClear.http),
    direct: (unit, port) => ask(podHost(unit), simulation.inClear.direct(unit, port)),
  };
}

/** A pod's own name, which leads to it whether it is ready or not. */
function podHost(unit: string): string {
  const [application = '', ordinal = ''] = unit.split('/');
  return `${application}-${ordinal}.${application}-endpoints.demo.svc.cluster.local`;
}

/**
 * Asks `read` again until it returns something that is not undefined; fails after `seconds`, which end what would never
 * come: a slow machine with several models at a time is far from them.
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined>,
  seconds = 180,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await read();
    if (found !== undefined) return found;
    await delay(200);
  }
  throw new Error(`cannot see ${what} within ${seconds} s`);
}
