import { locateBinary } from '../../scripts/binaries.ts';

/** Path of the real Pebble; tests run with it or not at all. */
export function pebbleBinary(): string {
  return locateBinary('pebble');
}

/** Path of the real Mimir. */
export function mimirBinary(): string {
  return locateBinary('mimir');
}
