import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lateModules } from './late-modules.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Bundles src/main.ts with all that it imports into one function of `require`, which charm/charm.cjs calls; unminified
 * so that errors read well. Returns the files that something of is in it.
 */
export async function bundle(outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [join(root, 'src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    banner: { js: '(function (require) {' },
    footer: { js: '})' },
    // They stand in LICENSE.third-party.
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [lateModules],
    metafile: true,
    // Paths in the bundle's comments must not depend on where it is built.
    absWorkingDir: root,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => resolve(root, path));
}
