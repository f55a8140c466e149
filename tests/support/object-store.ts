import { buildObstacle, findBinary } from '../../scripts/binaries.ts';

/** Why tests with an object store cannot run here; undefined if they can. */
export const storeObstacle: string | undefined =
  findBinary('minio') === undefined ? buildObstacle() : undefined;

/** The reason as the end of a test's name. */
export const storeReason = storeObstacle === undefined ? '' : ` (${storeObstacle})`;
