/**
 * The simulator's daemon: a cluster, a controller with the model `demo`, and the control socket. It runs in the
 * namespaces that `launchSimulator` made.
 *
 * usage: node daemon.ts STATE-FOLDER [SPEED]
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster } from '../cluster/create-cluster.ts';
import { expectedBinary, locateBinary } from '../../../scripts/binaries.ts';
import { serveForwards } from '../launch/forward.ts';
import { controlSocket } from '../launch/launch.ts';
import { serveControl } from './control-server.ts';
import { createController } from './controller.ts';

/** Juju's waits are divided by this, unless the command line says otherwise. */
const defaultSpeed = 5;
const model = 'demo';

async function main(): Promise<void> {
  const [stateDir, speedText = String(defaultSpeed)] = process.argv.slice(2);
  const speed = Number(speedText);
  if (stateDir === undefined || !(speed > 0)) throw new Error('usage: node daemon.ts STATE-FOLDER [SPEED]');
  const binaries = {
    pebble: locateBinary('pebble'),
    mimir: locateBinary('mimir'),
    minio: expectedBinary('minio'),
  };
  emptyState(stateDir);
  const cluster = await createCluster({ model, stateDir, binaries, speed });
  const report = (error: unknown) => {
    console.error(error);
  };
  const controller = createController({ cluster, stateFolder: stateDir, speed, parallel: 4, model }, report);
  await serveForwards(stateDir, (name) => cluster.resolve(name));
  const server = await serveControl(controlSocket(stateDir), {
    handle: async (request, caller) => {
      if (request.command !== 'down') return controller.handle(request, caller);
      server.stopListening();
      controller.close();
      await cluster.close();
      return undefined;
    },
    onDown: () => process.exit(0),
  });
}

/** A new model has new volumes: what an earlier simulator left in the folder is nobody's. */
function emptyState(stateDir: string): void {
  for (const name of ['storage', 'charms', 'pods', 'logs']) {
    rmSync(join(stateDir, name), { recursive: true, force: true });
  }
}

await main();
