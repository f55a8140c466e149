import { z } from 'zod';

import type { Check, LogTarget, PebblePlan, Service } from './layer.ts';

// All scalars arrive as text (yaml.ts), so numbers are coerced.
const number = z.coerce.number().exactOptional();
const text = z.string().exactOptional();
const texts = z.array(z.string()).exactOptional();
const textMap = z.record(z.string(), z.string());
const override = z.enum(['merge', 'replace']).exactOptional();
const startup = z.enum(['enabled', 'disabled']).exactOptional();
const onSuccess = z.enum(['restart', 'shutdown', 'ignore', 'failure-shutdown']);
const onFailure = z.enum(['restart', 'shutdown', 'ignore', 'success-shutdown']);

const service: z.ZodType<Service> = z.object({
  override,
  summary: text,
  description: text,
  startup,
  command: text,
  after: texts,
  before: texts,
  requires: texts,
  environment: textMap.exactOptional(),
  user: text,
  'user-id': number,
  group: text,
  'group-id': number,
  'working-dir': text,
  'on-success': onSuccess.exactOptional(),
  'on-failure': onFailure.exactOptional(),
  'on-check-failure': z.record(z.string(), onFailure).exactOptional(),
  'backoff-delay': text,
  'backoff-factor': number,
  'backoff-limit': text,
  'kill-delay': text,
});

const check: z.ZodType<Check> = z.object({
  override,
  level: z.enum(['alive', 'ready']).exactOptional(),
  startup,
  period: text,
  timeout: text,
  threshold: number,
  http: z.object({ url: text, headers: textMap.exactOptional() }).exactOptional(),
  tcp: z.object({ port: number, host: text }).exactOptional(),
  exec: z
    .object({
      command: text,
      'service-context': text,
      environment: textMap.exactOptional(),
      'working-dir': text,
    })
    .exactOptional(),
});

const logTarget: z.ZodType<LogTarget> = z.object({
  override,
  type: z.enum(['loki', 'opentelemetry', 'syslog']).exactOptional(),
  location: text,
  services: texts,
  labels: textMap.exactOptional(),
});

/** A plan as Pebble renders it; a section without entries is left out there, and empty here. */
export const plan: z.ZodType<PebblePlan> = z.object({
  services: z.record(z.string(), service).default({}),
  checks: z.record(z.string(), check).default({}),
  'log-targets': z.record(z.string(), logTarget).default({}),
});
