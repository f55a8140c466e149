import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OnLoadResult, Plugin } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Built-in modules that most dispatches have no use for; loading node:crypto alone takes a tenth of a dispatch. */
const builtins: ReadonlySet<string> = new Set([
  'node:child_process',
  'node:crypto',
  'node:fs/promises',
  'node:os',
  'node:tls',
]);

/** Modules of ours that stand before much that is seldom needed, such as a PromQL parser. They export functions only. */
const own: ReadonlySet<string> = new Set([
  'src/charm/name-lookup.ts',
  'src/mimir/rules.ts',
  'src/otlp/send-trace.ts',
]);

const namespace = 'late';

/**
 * Has the bundle evaluate some modules when one of their functions is first called, and not at each start. The
 * sources import them like any other (docs/adr/0008-a-fast-start.md).
 */
export const lateModules: Plugin = {
  name: 'late-modules',
  setup: (build) => {
    build.onResolve({ filter: /^node:|\.ts$/ }, ({ path, kind, resolveDir, namespace: importer }) => {
      if (importer === namespace || kind !== 'import-statement') return undefined;
      if (builtins.has(path)) return { path, namespace };
      const file = relative(root, join(resolveDir, path));
      return own.has(file) ? { path: file, namespace } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) =>
      path.startsWith('node:')
        ? standIn(path, functionsOfBuiltin(path))
        : standIn(`./${path}`, functionsOf(path, readFileSync(join(root, path), 'utf8'))),
    );
  },
};

/**
 * A module of the same functions, each of which first has the real module evaluated. They have none of the real ones'
 * properties: `instanceof` finds nothing, and `util.promisify` does not see that it has a promise of several values.
 */
function standIn(path: string, names: readonly string[]): OnLoadResult {
  const target = JSON.stringify(path);
  // Some of a built-in module's functions are classes.
  const lines = names.map(
    (name) =>
      `export const ${name} = function (...args) { return new.target ? new (require(${target}).${name})(...args) : require(${target}).${name}(...args); };`,
  );
  return { contents: lines.join('\n'), resolveDir: root };
}

function functionsOfBuiltin(name: string): readonly string[] {
  const exported: object = process.getBuiltinModule(name) ?? {};
  return Object.entries(exported).flatMap(([key, value]) => (typeof value === 'function' ? [key] : []));
}

/** Names of the functions that a module of ours exports. Throws if it exports any other value. */
export function functionsOf(path: string, source: string): readonly string[] {
  const exported = [...source.matchAll(/^export (?!type |interface )(.*)$/gm)].map(([, rest = '']) => rest);
  return exported.map((rest) => {
    const name = /^(?:async )?function (\w+)/.exec(rest)?.[1];
    if (name === undefined)
      throw new Error(`cannot evaluate ${path} late: it exports more than functions: ${rest}`);
    return name;
  });
}
