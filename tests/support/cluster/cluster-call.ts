import { z } from 'zod';

const mounts = z.array(z.object({ source: z.string(), target: z.string(), sizeMiB: z.number().optional() }));
const place = { pod: z.string(), container: z.string() };
const signal = z.custom<NodeJS.Signals>((value) => typeof value === 'string');

const call = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('createPod'),
    spec: z.object({
      name: z.string(),
      application: z.string(),
      unit: z.string(),
      charm: z.string(),
      containers: z.array(z.object({ name: z.string(), image: z.string(), uid: z.int().optional(), mounts })),
      charmMounts: mounts,
    }),
    /** Whether the agent starts its charm at once. */
    agentStarts: z.boolean().optional(),
  }),
  z.object({ method: z.enum(['cutNetwork', 'mendNetwork', 'losePod']), pod: z.string() }),
  z.object({ method: z.literal('setAgentStarted'), pod: z.string(), started: z.boolean() }),
  /** `agentMs`: how long the agent needs to end. */
  z.object({
    method: z.literal('deletePod'),
    pod: z.string(),
    graceMs: z.number(),
    agentMs: z.number().optional(),
  }),
  z.object({ method: z.literal('killContainer'), ...place }),
  /** With an `id` it answers at once; `kill` and `end` refer to it. */
  z.object({
    method: z.literal('exec'),
    id: z.string().optional(),
    command: z.object({
      ...place,
      argv: z.array(z.string()),
      environment: z.record(z.string(), z.string()),
      workingDirectory: z.string(),
    }),
  }),
  z.object({ method: z.literal('kill'), id: z.string(), signal }),
  z.object({ method: z.literal('end'), id: z.string() }),
  z.object({ method: z.literal('processes'), ...place }),
  z.object({ method: z.literal('signal'), pid: z.number(), signal }),
  z.object({
    method: z.literal('applyService'),
    spec: z.object({ application: z.string(), ports: z.array(z.number()) }),
  }),
  z.object({ method: z.literal('deleteService'), application: z.string() }),
  z.object({ method: z.literal('addresses'), pod: z.string(), application: z.string() }),
  z.object({ method: z.literal('events') }),
  /** GET on a container's Pebble socket. */
  z.object({ method: z.literal('pebble'), ...place, path: z.string() }),
  /** GET from the simulator's side. */
  z.object({ method: z.literal('get'), host: z.string(), port: z.number(), path: z.string() }),
  /** Also says when nothing came within `timeoutMs`. */
  z.object({
    method: z.literal('talk'),
    host: z.string(),
    port: z.number(),
    timeoutMs: z.number().optional(),
  }),
  /** Reads a file of the charm container through `charmPath`. */
  z.object({ method: z.literal('read'), pod: z.string(), path: z.string() }),
  z.object({ method: z.literal('network') }),
  z.object({ method: z.literal('close') }),
]);

/** A call of a cluster's method, or of one of the inspections that the tests need inside the namespaces. */
export type ClusterCall = z.infer<typeof call>;

/** A line from the test to the entry. */
export const clusterCall = z.object({ id: z.number(), call });

/** A line from the entry to the test. */
export const clusterAnswer = z.object({
  id: z.number(),
  value: z.unknown().optional(),
  error: z.string().optional(),
});
