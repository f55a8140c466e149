/**
 * usage: npm run pack [-- amd64|arm64]
 *
 * Packs the charm into mimir-k8s_ubuntu-24.04-<architecture>.charm without charmcraft: the same members, and the same
 * bytes for the same tree. Releases are packed by charmcraft.
 */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { packCharm, packPlaces } from './charm-file.ts';
import { isArchitecture, ownArchitecture } from './stage.ts';

async function main(): Promise<void> {
  const [architecture = ownArchitecture] = process.argv.slice(2);
  if (!isArchitecture(architecture)) throw new Error(`cannot pack for ${architecture}: say amd64 or arm64`);
  const places = packPlaces(architecture);
  await packCharm(architecture, places);
  console.log(`Packed ${basename(places.target)}, ${statSync(places.target).size} bytes`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
