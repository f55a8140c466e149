import { z } from 'zod';
import { databagFixture } from '../interfaces/databag-fixture.ts';

const issued = z.object({
  ca: z.string(),
  certificate_signing_request: z.string(),
  certificate: z.string(),
  chain: z.array(z.string()),
});

/** What the real Python library issued, to the same names in both of its modes. */
export const captured = ['tls-certificates', 'tls-certificates.app-mode'].map((name) => {
  const [found] = z.array(issued).parse(JSON.parse(databagFixture(name).provider_app['certificates'] ?? ''));
  if (found === undefined) throw new Error(`cannot find a certificate in ${name}`);
  return { name, ...found };
});

/** The names in the captured certificates. */
export const capturedNames = [
  'mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local',
  'mimir-k8s.cos.svc.cluster.local',
];
