import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment, HookTools } from '../../../juju/index.ts';
import type { Layer } from '../../../pebble/index.ts';
import type { KeyPair } from './credentials.ts';
import type { ObjectStore } from './objects.ts';
import type { StorePebble } from './ports.ts';

/** Port of MinIO's S3 API. */
export const storePort = 9000;

/** What MinIO reads its root user from, so that the keys do not show in Pebble's plan. */
const environmentFile = '/etc/minio/environment';
/** How long MinIO may take until it answers, in ms; a busy machine needs some seconds. */
const startLimit = 30_000;
/** Key of the unit's state that says that the user stopped the store. */
const stoppedKey = 'store-stopped';

/** URL of the store for other pods: that of the application's Service. */
export function storeUrl({ appName, modelName }: Environment): string {
  return `http://${appName}.${modelName}.svc.cluster.local:${storePort}`;
}

/** Whether the user stopped the store. */
export async function isStopped(tools: Pick<HookTools, 'stateGet'>): Promise<boolean> {
  return (await tools.stateGet(stoppedKey)) !== undefined;
}

/** Notes whether the user stopped the store: Pebble's plan, which would say so too, ends with the pod. */
export async function noteStopped(
  stopped: boolean,
  tools: Pick<HookTools, 'stateSet' | 'stateDelete'>,
): Promise<void> {
  if (stopped) await tools.stateSet({ [stoppedKey]: 'true' });
  else await tools.stateDelete(stoppedKey);
}

/** Has Pebble run MinIO with these keys; a MinIO that runs with other keys is restarted. */
export async function runStore(keys: KeyPair, pebble: StorePebble): Promise<void> {
  const content = `MINIO_ROOT_USER=${keys.accessKey}\nMINIO_ROOT_PASSWORD=${keys.secretKey.reveal()}\n`;
  await pebble.writeFile({ path: environmentFile, content, permissions: '600', makeDirs: true });
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  await pebble.addLayer('minio', storeLayer('enabled', digest), { combine: true });
  await pebble.replan();
}

/** Has Pebble stop MinIO; its check stays, so that the pod leaves its Service. */
export async function stopStore(pebble: StorePebble): Promise<void> {
  await pebble.addLayer('minio', storeLayer('disabled', ''), { combine: true });
  await pebble.stop(['minio']);
}

/** Waits until the store answers these keys; false if it does not in time. */
export async function answersInTime(store: ObjectStore): Promise<boolean> {
  const deadline = Date.now() + startLimit;
  while (!(await store.answers())) {
    if (Date.now() > deadline) return false;
    await delay(100);
  }
  return true;
}

/** `digest` is of the keys: another one makes Pebble restart MinIO, which reads its file but once. */
function storeLayer(startup: 'enabled' | 'disabled', digest: string): Layer {
  return {
    services: {
      minio: {
        override: 'replace',
        summary: 'Object store',
        command: `minio server /data --address :${storePort} --quiet`,
        startup,
        environment: {
          MINIO_CONFIG_ENV_FILE: environmentFile,
          MINIO_BROWSER: 'off',
          MINIO_UPDATE: 'off',
          ENVIRONMENT_DIGEST: digest,
        },
      },
    },
    checks: {
      ready: {
        override: 'replace',
        level: 'ready',
        period: '2s',
        http: { url: `http://127.0.0.1:${storePort}/minio/health/ready` },
      },
    },
  };
}
