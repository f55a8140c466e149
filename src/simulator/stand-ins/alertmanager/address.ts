import { z } from 'zod';
import type { Databag } from '../../../juju/index.ts';

/** Port of Alertmanager's API. */
export const alertmanagerPort = 9093;

/** Generation of the library `alertmanager_dispatch` on Alertmanager's side. */
export const generation = z.enum(['v0', 'v1']);

/** What a unit publishes in its unit bag: v1 derives the keys of v0 from its `url`, v0 has no `url`. */
export function publishAddress(host: string, library: z.infer<typeof generation>): Databag {
  const address = `${host}:${alertmanagerPort}`;
  return { url: library === 'v1' ? `http://${address}` : '', public_address: address, scheme: 'http' };
}
