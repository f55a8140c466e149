/**
 * What the `juju-sim` command line and the tests say to the simulator's daemon, over a unix socket:
 * one JSON object a line, answered by one or more JSON lines.
 */
import { z } from 'zod';

const strings = z.record(z.string(), z.string());

/** Texts by key, as they are (Juju: keys of secrets have three characters at least). */
const secretContent = z.record(
  z.string().regex(/^(?=.{3})[a-z](?:-?[a-z0-9])*$/, 'a secret\'s key has three or more of a-z, 0-9 and "-"'),
  z.string(),
);

/** A request; `command` is Juju's own word for it. */
export const controlRequest = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('deploy'),
    /** Folder of an unpacked charm, or the name of a stand-in such as `remote-write-sender`. */
    charm: z.string(),
    application: z.string().optional(),
    units: z.int().min(0).default(1),
    config: strings.default({}),
    resources: strings.default({}),
    /** As written after `juju deploy --storage`, by storage: `64M` limits its size. */
    storage: strings.default({}),
    trust: z.boolean().default(false),
  }),
  z.object({ command: z.literal('integrate'), endpoints: z.tuple([z.string(), z.string()]) }),
  z.object({
    command: z.literal('remove-relation'),
    /** Two endpoints, or the relation's id alone. */
    endpoints: z.union([z.tuple([z.string(), z.string()]), z.tuple([z.string().regex(/^\d+$/)])]),
  }),
  z.object({
    command: z.literal('config'),
    application: z.string(),
    set: strings.default({}),
    reset: z.array(z.string()).default([]),
  }),
  z.object({
    command: z.literal('run'),
    unit: z.string(),
    action: z.string(),
    parameters: z.record(z.string(), z.unknown()).default({}),
  }),
  z.object({ command: z.literal('scale-application'), application: z.string(), units: z.int().min(0) }),
  z.object({ command: z.literal('remove-application'), application: z.string() }),
  z.object({
    command: z.literal('refresh'),
    application: z.string(),
    /** As of `deploy`; left out, the charm stays and its pods are replaced for other resources. */
    charm: z.string().optional(),
    resources: strings.default({}),
  }),
  /** Keeps a secret of the user's; its URI is the answer. */
  z.object({ command: z.literal('add-secret'), name: z.string(), content: secretContent }),
  z.object({ command: z.literal('update-secret'), secret: z.string(), content: secretContent }),
  z.object({
    command: z.literal('grant-secret'),
    secret: z.string(),
    applications: z.array(z.string()).min(1),
  }),
  /** Runs a unit's failed hook again now, or goes on as if it had succeeded. */
  z.object({ command: z.literal('resolved'), unit: z.string(), retry: z.boolean().default(true) }),
  /** Makes a unit its application's leader, as when the leader's lease had run out; also in the middle of a hook. */
  z.object({ command: z.literal('set-leader'), unit: z.string() }),
  z.object({ command: z.literal('status') }),
  z.object({ command: z.literal('show-unit'), unit: z.string() }),
  z.object({
    command: z.literal('debug-log'),
    follow: z.boolean().default(false),
    include: z.string().optional(),
  }),
  z.object({
    command: z.literal('exec'),
    unit: z.string(),
    /** `charm` runs with hook tools in a `juju-run` context's stead: the closed environment of juju exec. */
    container: z.string().default('charm'),
    argv: z.array(z.string()).min(1),
  }),
  z.object({
    command: z.literal('kill'),
    unit: z.string(),
    target: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('process'),
        container: z.string(),
        name: z.string(),
        signal: z.string().default('SIGKILL'),
      }),
      z.object({ kind: z.literal('container'), container: z.string() }),
      /** Deletes the pod, as `kubectl delete pod`: SIGTERM to all containers at once. */
      z.object({ kind: z.literal('pod') }),
      /**
       * Loses the pod with its node: nothing gets a signal that it could act on, the address is silent, and another pod
       * comes after `awayMs`; if left out, as soon as the control plane has noticed.
       */
      z.object({ kind: z.literal('node'), awayMs: z.int().min(0).optional() }),
      /** Kills the unit's next dispatch of `hook` (any, if left out) at its N-th call, counted from 1. */
      z.object({ kind: z.literal('dispatch'), hook: z.string().optional(), call: z.int().min(1) }),
    ]),
  }),
  /** Drops every packet from and to a unit's pod, as when its node is cut off; its agent goes on. */
  z.object({ command: z.literal('cut-network'), unit: z.string() }),
  z.object({ command: z.literal('mend-network'), unit: z.string() }),
  /** Waits until nothing is queued or running and the pods' readiness has settled. */
  z.object({ command: z.literal('wait-idle'), timeoutMs: z.int().default(60_000) }),
  /** Runs one hook of the unit now: `update-status`, or any name (also one that Juju does not know). */
  z.object({
    command: z.literal('fire'),
    unit: z.string(),
    hook: z.string(),
    environment: strings.default({}),
  }),
  /** Says how many milliseconds each hook-tool call takes more than it needs, as a real controller's round trip. */
  z.object({ command: z.literal('set-latency'), milliseconds: z.number().min(0) }),
  /** Variables that every dispatch of the unit gets beside Juju's own: for profilers, and for tests. */
  z.object({ command: z.literal('set-environment'), unit: z.string(), environment: strings }),
  /** Hook-tool calls of the dispatches so far, in order, when recording is on. */
  z.object({ command: z.literal('record'), unit: z.string(), on: z.boolean() }),
  z.object({ command: z.literal('recorded'), unit: z.string() }),
  z.object({ command: z.literal('down') }),
]);

/** A parsed request. */
export type ControlRequest = z.infer<typeof controlRequest>;

/** An answer line: `output` and `log` may come many times; `result` or `error` is the last. */
export type ControlAnswer =
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string };
