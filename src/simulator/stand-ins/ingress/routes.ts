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

/** All routes, as they are handed to the workload. */
export const routes = z.array(route);

/** One of them. */
export type Route = z.infer<typeof route>;
