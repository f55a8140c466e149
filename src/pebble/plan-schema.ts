import * as z from 'zod/mini';

import type { Check, LogTarget, PebblePlan, Service } from './layer.ts';

// All scalars arrive as text (yaml.ts), so numbers are coerced.
const number = z.exactOptional(z.coerce.number());
const text = z.exactOptional(z.string());
const texts = z.exactOptional(z.array(z.string()));
const textMap = z.record(z.string(), z.string());
const override = z.exactOptional(z.enum(['merge', 'replace']));
const startup = z.exactOptional(z.enum(['enabled', 'disabled']));
const onSuccess = z.enum(['restart', 'shutdown', 'ignore', 'failure-shutdown']);
const onFailure = z.enum(['restart', 'shutdown', 'ignore', 'success-shutdown']);

const service: z.ZodMiniType<Service> = z.object({
  override,
  summary: text,
  description: text,
  startup,
  command: text,
  after: texts,
  before: texts,
  requires: texts,
  environment: z.exactOptional(textMap),
  user: text,
  'user-id': number,
  group: text,
  'group-id': number,
  'working-dir': text,
  'on-success': z.exactOptional(onSuccess),
  'on-failure': z.exactOptional(onFailure),
  'on-check-failure': z.exactOptional(z.record(z.string(), onFailure)),
  'backoff-delay': text,
  'backoff-factor': number,
  'backoff-limit': text,
  'kill-delay': text,
});

const check: z.ZodMiniType<Check> = z.object({
  override,
  level: z.exactOptional(z.enum(['alive', 'ready'])),
  startup,
  period: text,
  timeout: text,
  threshold: number,
  http: z.exactOptional(z.object({ url: text, headers: z.exactOptional(textMap) })),
  tcp: z.exactOptional(z.object({ port: number, host: text })),
  exec: z.exactOptional(
    z.object({
      command: text,
      'service-context': text,
      environment: z.exactOptional(textMap),
      'working-dir': text,
    }),
  ),
});

const logTarget: z.ZodMiniType<LogTarget> = z.object({
  override,
  type: z.exactOptional(z.enum(['loki', 'opentelemetry', 'syslog'])),
  location: text,
  services: texts,
  labels: z.exactOptional(textMap),
});

/** A plan as Pebble renders it; a section without entries is left out there, and empty here. */
export const plan: z.ZodMiniType<PebblePlan> = z.object({
  services: z._default(z.record(z.string(), service), {}),
  checks: z._default(z.record(z.string(), check), {}),
  'log-targets': z._default(z.record(z.string(), logTarget), {}),
});
