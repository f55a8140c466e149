import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainObstacle, settingNames } from './obstacle.ts';
import { missingTool, toolPath, toolSearchPath } from './tool.ts';

/** How to make the simulator's namespaces here, or why it cannot be done. */
export type NamespaceProbe =
  | { readonly possible: true; readonly flags: readonly string[] }
  | { readonly possible: false; readonly obstacle: string };

const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
const userNamespace = ['--user', '--map-root-user'];

/** What the simulator does in its namespaces, in short: a mount, a bridge, a pod's link, a container's /proc. */
const attempt = [
  'mount -t tmpfs tmpfs /tmp',
  'mount -t proc proc /proc',
  'ip link set lo up',
  'ip link add br0 type bridge',
  'ip link add pod0 type veth peer name eth0',
  'unshare --mount --pid --uts --fork sh -c "hostname probe && mount -t proc proc /proc"',
].join(' && ');

/** Why the simulator cannot run here, as one sentence with the cure; undefined if it can. */
export function probeNamespaces(): string | undefined {
  const probe = probeFlags();
  return probe.possible ? undefined : probe.obstacle;
}

/**
 * Finds the flags of `unshare` that work here, by trying. Root goes without a user namespace if it can: in one it
 * could not read files that belong to other users.
 */
export function probeFlags(): NamespaceProbe {
  const missing = missingTool();
  if (missing !== undefined) {
    return {
      possible: false,
      obstacle: `'${missing.name}' is not installed: install the package ${missing.package}.`,
    };
  }
  const isRoot = process.getuid?.() === 0;
  const candidates = [...(isRoot ? [namespaces] : []), [...userNamespace, ...namespaces]];
  let stderr = '';
  for (const flags of candidates) {
    const tried = spawnSync(toolPath('unshare'), [...flags, toolPath('sh'), '-c', attempt], {
      encoding: 'utf8',
      env: { PATH: toolSearchPath() },
    });
    if (tried.status === 0) return { possible: true, flags };
    stderr = tried.stderr;
  }
  return { possible: false, obstacle: explainObstacle({ stderr, isRoot, settings: readSettings() }) };
}

function readSettings(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of settingNames) {
    try {
      found[name] = readFileSync(join('/proc/sys', ...name.split('.')), 'utf8').trim();
    } catch {
      // This kernel has no such setting.
    }
  }
  return found;
}
