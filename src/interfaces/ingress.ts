import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { baseUrl } from './plain-url.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys of each databag, version 2 of the interface; in our own bags, the ones that we own. We are the requirer. */
export const keys = {
  requirerApp: [
    'model',
    'name',
    'port',
    'strip-prefix',
    'redirect-https',
    'scheme',
    'healthcheck_params',
    'is_port_open',
  ],
  requirerUnit: ['host', 'ip'],
  providerApp: ['ingress'],
} as const;

/** Where an ingress finds an application, and what it is to do with requests. */
export interface Backend {
  readonly model: string;
  readonly application: string;
  readonly port: number;
  /** What the units speak. */
  readonly scheme: 'http' | 'https';
  /** The part of the path that the ingress has added is taken away again. */
  readonly stripPrefix: boolean;
  /** Path that a unit answers with 200 while it serves; undefined for none. */
  readonly healthPath: string | undefined;
}

const offer = z.object({
  ingress: z.optional(
    jsonString(z.nullable(z.object({ url: z.optional(baseUrl('http://gateway/cos-mimir-k8s')) }))),
  ),
});

/** Reads the URL that the ingress offers, without a slash at its end; undefined as long as it offers none. */
export function read(bag: Databag): Result<string | undefined> {
  const result = readAs(offer, bag);
  return result.ok ? { ok: true, value: result.value.ingress?.url } : result;
}

/** What our leader publishes in its app bag; what is as an ingress takes it without being told is left out. */
export function publish({ model, application, port, scheme, ...wanted }: Backend): Databag {
  return {
    model: JSON.stringify(model),
    name: JSON.stringify(application),
    port: port.toString(),
    ...(wanted.stripPrefix ? { 'strip-prefix': 'true' } : {}),
    ...(scheme === 'http' ? {} : { scheme: JSON.stringify(scheme) }),
    ...(wanted.healthPath === undefined
      ? {}
      : { healthcheck_params: JSON.stringify({ path: wanted.healthPath }) }),
    is_port_open: 'true',
  };
}

/** What each unit publishes in its unit bag. An address would only go stale: `host` is what every ingress knows. */
export function publishUnit(hostname: string): Databag {
  return { host: JSON.stringify(hostname) };
}

/** The ingress's side: what its leader publishes; undefined for nothing yet. */
export function publishUrl(url: string | undefined): Databag {
  return url === undefined ? {} : { ingress: JSON.stringify({ url }) };
}

const requirerApp = z.object({
  model: jsonString(z.string()),
  name: jsonString(z.string()),
  port: jsonString(z.number().check(z.int(), z.gte(1), z.lte(65_534))),
  'strip-prefix': z._default(jsonString(z.boolean()), false),
  scheme: z._default(jsonString(z.enum(['http', 'https'])), 'http'),
  healthcheck_params: z.optional(jsonString(z.nullable(z.object({ path: z.string() })))),
});

/** The ingress's side: reads the application bag of a requirer. */
export function readBackend(bag: Databag): Result<Backend> {
  const result = readAs(requirerApp, bag);
  if (!result.ok) return result;
  const { model, name, port, scheme, healthcheck_params: health, ...rest } = result.value;
  return {
    ok: true,
    value: {
      ...{ model, application: name, port, scheme },
      stripPrefix: rest['strip-prefix'],
      healthPath: health?.path,
    },
  };
}

const requirerUnit = z.object({ host: jsonString(z.string().check(z.minLength(1))) });

/** The ingress's side: reads the host out of a unit bag of a requirer. */
export function readHost(bag: Databag): Result<string> {
  const result = readAs(requirerUnit, bag);
  return result.ok ? { ok: true, value: result.value.host } : result;
}
