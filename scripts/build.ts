/**
 * usage: npm run build [-- amd64|arm64 [FOLDER]]
 *
 * Makes the complete unpacked charm in build/charm (or FOLDER): the bundle, its own Node.js, the probe, dispatch
 * and the YAML files that Juju reads.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isArchitecture, ownArchitecture, stageCharm } from './stage.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main(): Promise<void> {
  const [architecture = ownArchitecture, folder = join(root, 'build/charm')] = process.argv.slice(2);
  if (!isArchitecture(architecture)) throw new Error(`cannot build for ${architecture}: say amd64 or arm64`);
  await stageCharm(architecture, folder);
  console.log(`Built the charm for ${architecture} in ${folder}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
