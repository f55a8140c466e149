import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lateModules } from './late-modules.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Bundles src/main.ts with all that it imports into one CommonJS file, unminified so that errors read well. */
export async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    legalComments: 'eof',
    logLevel: 'warning',
    plugins: [lateModules],
  });
}
