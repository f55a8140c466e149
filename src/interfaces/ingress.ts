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

/**
 * What each unit publishes in its unit bag. Traefik goes by the host; nginx-ingress-integrator by the address alone, which
 * is undefined as long as the pod has none.
 */
export function publishUnit(hostname: string, address: string | undefined): Databag {
  return {
    host: JSON.stringify(hostname),
    ...(address === undefined ? {} : { ip: JSON.stringify(address) }),
  };
}
