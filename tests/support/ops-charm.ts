import { cpSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canInstall, installPackage, type PythonPackage } from './python-package.ts';
import { root } from './simulation.ts';

/** The release of Python's charm framework that the fixture is run with. */
const ops: PythonPackage = { name: 'ops', version: '3.9.0', minor: 10 };

/**
 * A Python that a charm container sees as well, and that can install packages; undefined if there is none. Only those
 * below /usr are looked at: containers have the host's /usr, and no home folders.
 */
export function findPython(): string | undefined {
  return ['/usr/local/bin/python3', '/usr/bin/python3'].find(
    (path) => existsSync(path) && realpathSync(path).startsWith('/usr/') && canInstall(path, ops),
  );
}

const databag = z.object({ requirer_app: z.object({ alert_rules: z.string() }) });

/** The rules that the fixture publishes: what the interface's own library wrote. */
export function capturedRules(): string {
  const file = join(root, 'tests/fixtures/databags/prometheus_remote_write.json');
  return databag.parse(JSON.parse(readFileSync(file, 'utf8'))).requirer_app.alert_rules;
}

/** Makes the charm `ops-sender` in a folder as charmcraft would pack it: its packages in `venv/`. */
export function packOpsCharm(python: string, folder: string): void {
  cpSync(join(root, 'tests/fixtures/charms/ops-sender'), folder, { recursive: true });
  cpSync(installPackage(python, ops), join(folder, 'venv'), { recursive: true });
  writeFileSync(join(folder, 'src/alert_rules.json'), capturedRules());
}
