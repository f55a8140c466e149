import { readFileSync } from 'node:fs';
import { z } from 'zod';

const bag = z.record(z.string(), z.string());
const capture = z.object({ provider_app: bag, provider_unit: bag, requirer_app: bag });

/** The databags that the real libraries wrote, by the name of a file in `tests/fixtures/databags`. */
export function captured(name: string): z.infer<typeof capture> {
  const file = new URL(`../../../fixtures/databags/${name}.json`, import.meta.url);
  return capture.parse(JSON.parse(readFileSync(file, 'utf8')));
}
