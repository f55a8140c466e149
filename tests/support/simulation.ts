import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, type ControlCall, type SimulatorClient } from '../../src/simulator/client.ts';
import { launchSimulator } from '../../src/simulator/launch/launch.ts';

/** The repository's root. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Mimir's Service in the simulated model, as other pods name it. */
const service = { host: 'mimir-k8s.demo.svc.cluster.local', port: 9009 };

/** What a request to Mimir's Service answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** A simulator of a test's own, with real Pebble and real Mimir. */
export interface Simulation {
  readonly stateDir: string;
  readonly client: SimulatorClient;
  /** Sends a control request and returns its result. */
  ask(call: ControlCall): Promise<unknown>;
  /** Deploys the charm as built, as `mimir-k8s`. */
  deployMimir(options?: { units?: number; config?: Record<string, string> }): Promise<void>;
  /** Waits until nothing is queued or running. */
  settle(): Promise<void>;
  /** Requests a path of Mimir through the application's Service, on a connection of its own; status 0 is none. */
  http(path: string, options?: { method?: string; body?: string }): Promise<HttpAnswer>;
  /** Ends the simulator. */
  close(): Promise<void>;
}

/** Starts a simulator in a folder of its own. */
export async function startSimulation(): Promise<Simulation> {
  const stateDir = mkdtempSync(join(tmpdir(), 'juju-sim-test-'));
  const entry = join(root, 'src/simulator/controller/daemon.ts');
  const launched = await launchSimulator({
    stateDir,
    entry,
    args: [stateDir],
    forwards: [{ listen: 0, ...service }],
  });
  const port = launched.forwards[0]?.listen ?? 0;
  const client = connect(stateDir);
  const ask = (call: ControlCall) => client.request(call);
  return {
    stateDir,
    client,
    ask,
    deployMimir: async ({ units = 1, config = {} } = {}) => {
      const resources = { 'mimir-image': 'grafana/mimir:3.0.5' };
      const charm = join(root, 'build/charm');
      await ask({ command: 'deploy', charm, application: 'mimir-k8s', units, config, resources });
    },
    settle: async () => {
      await ask({ command: 'wait-idle', timeoutMs: 90_000 });
    },
    http: (path, { method = 'GET', body } = {}) => send({ port, path, method, body }),
    close: async () => {
      await ask({ command: 'down' }).catch((error: unknown) => {
        console.error(error);
      });
      await launched.ended();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

interface HttpRequest {
  readonly port: number;
  readonly path: string;
  readonly method: string;
  readonly body: string | undefined;
}

function send({ port, path, method, body }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, text });
      });
      answer.once('error', reject);
    });
    outgoing.once('error', ({ message }) => {
      resolve({ status: 0, text: message });
    });
    outgoing.end(body);
  });
}

/** Asks `read` again until it returns something that is not undefined; fails after `seconds`. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined>,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await read();
    if (found !== undefined) return found;
    await delay(200);
  }
  throw new Error(`cannot see ${what} within ${seconds} s`);
}
