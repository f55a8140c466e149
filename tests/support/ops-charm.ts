import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packOpsCharm } from '../../scripts/ops-charm.ts';
import { root } from './simulation.ts';

const databag = z.object({ requirer_app: z.object({ alert_rules: z.string() }) });

/** The rules that the fixture publishes: what the interface's own library wrote. */
export function capturedRules(): string {
  const file = join(root, 'tests/fixtures/databags/prometheus_remote_write.json');
  return databag.parse(JSON.parse(readFileSync(file, 'utf8'))).requirer_app.alert_rules;
}

/** Makes the charm `ops-sender` in a folder. */
export function packOpsSender(python: string, folder: string): void {
  packOpsCharm(python, { source: join(root, 'tests/fixtures/charms/ops-sender'), folder });
  writeFileSync(join(folder, 'src/alert_rules.json'), capturedRules());
}
