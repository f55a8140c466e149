import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** A native package cannot be part of a file of JavaScript: it is loaded from where it is. */
const nativePackages: Plugin = {
  name: 'native-packages',
  setup: (builder) => {
    builder.onResolve({ filter: /^@napi-rs\/lzma/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
      external: true,
    }));
  },
};

/** Packages of CommonJS ask for Node's own modules by `require`, which a module has not. */
const requireOfNode =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles a stand-in's `dispatch.ts` into one file of JavaScript. Most of a dispatch would be the reading of some hundred
 * files of TypeScript, and there are many of them.
 */
export async function bundleStandIn(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: requireOfNode },
    // Only what is in a stand-in's own folder asks where it is.
    define: { 'import.meta.dirname': JSON.stringify(dirname(entry)) },
    plugins: [nativePackages],
  });
}
