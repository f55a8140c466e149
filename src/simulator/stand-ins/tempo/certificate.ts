import { publish, read } from '../../../interfaces/tls-certificates.ts';
import type { Environment, Event, HookTools } from '../../../juju/index.ts';
import { createKey, createRequest } from '../../../x509/certificate-request.ts';
import { podHost } from '../pod-host.ts';
import { liveRelations, remoteAppBag } from '../run-dispatch.ts';

/** What the receiver shows to those that reach it by https, in PEM. */
export interface Credentials {
  readonly key: string;
  /** The receiver's own first, then those between it and its authority. */
  readonly certificate: string;
}

/** What the asking needs of the world. */
export interface CertificatePorts {
  readonly environment: Environment;
  readonly tools: HookTools;
}

const endpoint = 'certificates';

/** The application's name in the network, which all its units are reached by. */
export function serviceHost({ appName, modelName }: Environment): string {
  return `${appName}.${modelName}.svc.cluster.local`;
}

/**
 * Asks the related authority for a certificate for this unit's key, and takes what it has signed. Undefined without a
 * relation, `waiting` until it has answered.
 */
export async function takeCertificate(
  event: Event,
  { environment, tools }: CertificatePorts,
): Promise<Credentials | 'waiting' | undefined> {
  const [id] = await liveRelations(event, endpoint, tools);
  if (id === undefined) return undefined;
  const { key, request } = await ensureRequest(environment, tools);
  await tools.relationSet(id, { scope: 'unit', values: publish(request) });
  const bag = await remoteAppBag(id, tools);
  const outcome = read(bag ?? {}, request);
  if (!outcome.ok || outcome.value.kind !== 'issued') return 'waiting';
  const { certificate, chain } = outcome.value;
  const between = chain.filter((each) => each.trim() !== certificate.trim());
  return { key, certificate: [certificate, ...between].join('\n') };
}

/** The key and the request of this unit, which the controller keeps for it over a new pod. */
async function ensureRequest(
  environment: Environment,
  tools: HookTools,
): Promise<{ readonly key: string; readonly request: string }> {
  const { key: heldKey, request: held } = await tools.stateEntries();
  if (heldKey !== undefined && held !== undefined) return { key: heldKey, request: held };
  const key = await createKey();
  const commonName = serviceHost(environment);
  const dnsNames = [commonName, podHost(environment)];
  const request = await createRequest({ privateKey: key, commonName: environment.appName, dnsNames });
  await tools.stateSet({ key, request });
  return { key, request };
}
