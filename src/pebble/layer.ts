import * as z from 'zod/mini';

import { callSync } from './api.ts';
import { PebbleError } from './errors.ts';
import { plan } from './plan-schema.ts';
import type { PebbleTransport } from './transport.ts';
import { parseYaml, writeYaml } from './yaml.ts';

/**
 * A time span in Go's words, such as `25s`. Pebble's plan shows it in Go's normal form, so write that form where the
 * two are compared: `1m0s` and not `60s` (Pebble: internals/plan/types.go).
 */
export type Duration = string;

/** How an entry joins the entry of that name in the layers below: scalars replace, lists append, maps merge. */
export type Override = 'merge' | 'replace';

/** What Pebble does when a service exits, or a check of it goes down; `shutdown` ends Pebble itself. */
export type ServiceAction = 'restart' | 'shutdown' | 'ignore';

/** A service, in Pebble's own words. The environment shows in the plan: it is no place for secrets. */
export interface Service {
  readonly override?: Override;
  readonly summary?: string;
  readonly description?: string;
  readonly startup?: 'enabled' | 'disabled';
  /** Split like a shell does, but not run by one. */
  readonly command?: string;
  readonly after?: readonly string[];
  readonly before?: readonly string[];
  readonly requires?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly 'user-id'?: number;
  readonly group?: string;
  readonly 'group-id'?: number;
  readonly 'working-dir'?: string;
  readonly 'on-success'?: ServiceAction | 'failure-shutdown';
  readonly 'on-failure'?: ServiceAction | 'success-shutdown';
  readonly 'on-check-failure'?: Readonly<Record<string, ServiceAction | 'success-shutdown'>>;
  readonly 'backoff-delay'?: Duration;
  readonly 'backoff-factor'?: number;
  readonly 'backoff-limit'?: Duration;
  /** From SIGTERM to SIGKILL; 5s if absent. */
  readonly 'kill-delay'?: Duration;
}

/** A health check, in Pebble's own words: one of `http`, `tcp` and `exec`. */
export interface Check {
  readonly override?: Override;
  /** `alive` has the kubelet restart the container, `ready` takes the pod out of its Service. */
  readonly level?: 'alive' | 'ready';
  readonly startup?: 'enabled' | 'disabled';
  readonly period?: Duration;
  readonly timeout?: Duration;
  /** Failures in a row until the check is down. If absent, the plan shows Pebble's 3. */
  readonly threshold?: number;
  readonly http?: { readonly url?: string; readonly headers?: Readonly<Record<string, string>> };
  readonly tcp?: { readonly port?: number; readonly host?: string };
  readonly exec?: {
    readonly command?: string;
    readonly 'service-context'?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly 'working-dir'?: string;
  };
}

/** A place that Pebble forwards services' logs to, in Pebble's own words. */
export interface LogTarget {
  readonly override?: Override;
  readonly type?: 'loki' | 'opentelemetry' | 'syslog';
  readonly location?: string;
  /** Names, `all`, and `-name` to leave one out; a merge appends. */
  readonly services?: readonly string[];
  /** `$NAME` in a value is expanded from the service's environment. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What all layers come to: what runs, or would after a replan. */
export interface PebblePlan {
  readonly services: Readonly<Record<string, Service>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly 'log-targets': Readonly<Record<string, LogTarget>>;
}

/** One layer: a plan or a part of one, each entry with its `override`. */
export interface Layer extends Partial<PebblePlan> {
  readonly summary?: string;
  readonly description?: string;
}

/** Calls that are about the plan and its layers. */
export interface LayerCalls {
  plan(): Promise<PebblePlan>;
  /**
   * Adds a layer on top; with `combine`, merges it into the layer of that label if there is one. Starts, stops and
   * restarts no service: that is replan's. Checks and log targets take effect at once.
   */
  addLayer(label: string, layer: Layer, options?: { readonly combine?: boolean }): Promise<void>;
}

/** Binds the calls to a transport. */
export function layerCalls(transport: PebbleTransport): LayerCalls {
  return {
    plan: async () => {
      const doing = "read Pebble's plan";
      const query = { format: 'yaml' };
      return parsePlan(await callSync(transport, { doing, path: '/v1/plan', query, result: z.string() }));
    },
    addLayer: async (label, layer, { combine = false } = {}) => {
      const body = { action: 'add', combine, label, format: 'yaml', layer: renderLayer(layer) };
      const doing = `add layer ${label}`;
      await callSync(transport, { doing, path: '/v1/layers', body, result: z.unknown() });
    },
  };
}

/** Renders a layer as YAML: the same bytes for the same content, whatever the order of its keys. */
export function renderLayer(layer: Layer): string {
  return writeYaml(layer);
}

/** Parses the YAML of a plan; keys that we do not know are left out. */
export function parsePlan(yaml: string): PebblePlan {
  const parsed = plan.safeParse(parsePlanYaml(yaml));
  if (parsed.success) return parsed.data;
  throw unreadablePlan(z.prettifyError(parsed.error), parsed.error);
}

function parsePlanYaml(yaml: string): unknown {
  try {
    return parseYaml(yaml);
  } catch (error) {
    throw unreadablePlan(String(error), error);
  }
}

function unreadablePlan(why: string, cause: unknown): PebbleError {
  return new PebbleError("read Pebble's plan", why, { kind: 'unexpected-answer', cause });
}
