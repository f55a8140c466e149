import { z } from 'zod';

/** The port that an ingress serves on. */
export const ingressPort = 80;

/** Where the requests of one application go. */
export const route = z.object({
  /** First part of the path, such as `/cos-mimir-k8s`. */
  prefix: z.string(),
  stripPrefix: z.boolean(),
  /** Base URLs of the application's units. */
  servers: z.array(z.url()),
  /** Path that a healthy unit answers with 200; without one every unit is taken to be. */
  healthPath: z.string().optional(),
});

/** What the workload is handed. */
export const routing = z.object({
  routes: z.array(route),
  /** Certificates in PEM of whom it trusts beside the machine's own authorities. */
  authorities: z.array(z.string()),
});

/** See {@link route}. */
export type Route = z.infer<typeof route>;

/** See {@link routing}. */
export type Routing = z.infer<typeof routing>;
