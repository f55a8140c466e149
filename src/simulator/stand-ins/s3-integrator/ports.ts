import type { Environment, HookTools } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import type { KeyPair } from './credentials.ts';
import type { ObjectStore } from './objects.ts';

/** The calls of Pebble that the charm makes. */
export type StorePebble = Pick<PebbleClient, 'writeFile' | 'addLayer' | 'replan' | 'stop'>;

/** What the charm needs of the world. */
export interface StorePorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `minio`. */
  readonly pebble: StorePebble;
  /** Makes a client of the pod's store. */
  readonly connect: (keys: KeyPair) => ObjectStore;
}
