import { readFileSync } from 'node:fs';
import { z } from 'zod';

const bag = z.record(z.string(), z.string());
const fixture = z.object({ provider_app: bag, provider_unit: bag, requirer_app: bag, requirer_unit: bag });

/** The databags of a relation as the real libraries wrote them: tests/fixtures/databags/`name`.json. */
export function databagFixture(name: string) {
  const file = new URL(`../../fixtures/databags/${name}.json`, import.meta.url);
  return fixture.parse(JSON.parse(readFileSync(file, 'utf8')));
}
