import type { Event, HookTools, Redacted, SecretContent } from '../juju/index.ts';
import { Redacted as Secret } from '../juju/index.ts';
import { createKey, createRequest } from '../x509/certificate-request.ts';
import type { Findings } from './findings.ts';

/** This unit's key, with the request for a certificate that goes with it. Both are kept in a secret of the unit. */
export interface UnitKey {
  /** PKCS #8 in PEM. */
  readonly privateKey: Redacted;
  /** PKCS #10 in PEM; others may read it. */
  readonly request: string;
  /** The DNS names that it asks for. */
  readonly names: readonly string[];
}

/** A request for a certificate that has to be made. */
export interface RequestedCertificate {
  readonly commonName: string;
  readonly names: readonly string[];
  /** The key that it is for; undefined to make a new one. */
  readonly privateKey: Redacted | undefined;
}

/** What is done to the secret with the key and the request. */
export type KeyEffect =
  /** Makes a request, and a key if it has none; then all is to be looked at again. */
  | ({ readonly kind: 'request-certificate' } & RequestedCertificate)
  /** Has Juju tell when another request is due. */
  | { readonly kind: 'expire-request'; readonly at: Date }
  | { readonly kind: 'remove-key' }
  /** A revision that has expired, or that nobody reads any more, is there until its owner removes it. */
  | { readonly kind: 'remove-key-revision'; readonly id: string; readonly revision: number };

/** The owner's name for the secret. */
export const keyLabel = 'unit-key';

const kinds: ReadonlySet<string> = new Set<KeyEffect['kind']>([
  'request-certificate',
  'expire-request',
  'remove-key',
  'remove-key-revision',
]);

/** Tells whether an effect is about the secret with the key. */
export function isKeyEffect(effect: { readonly kind: string }): effect is KeyEffect {
  return kinds.has(effect.kind);
}

/** Reads the key and its request; undefined if there is no such secret yet. */
export async function observeUnitKey(tools: Pick<HookTools, 'secretGet'>): Promise<UnitKey | undefined> {
  return readUnitKey(await tools.secretGet({ label: keyLabel, revision: 'peek' }));
}

function readUnitKey(content: SecretContent | undefined): UnitKey | undefined {
  const { 'private-key': privateKey, request, names } = content ?? {};
  if (privateKey === undefined || request === undefined || names === undefined) return undefined;
  return { privateKey, request: request.reveal(), names: names.reveal().split(' ') };
}

/**
 * Tells whether an event says that the latest request is due. Juju tells of an expired revision again and again until it
 * is removed, also when there is a newer one.
 */
export async function observeExpiry(tools: Pick<HookTools, 'secretInfo'>, event: Event): Promise<boolean> {
  if (event.kind !== 'secret-expired' || event.label !== keyLabel) return false;
  return (await tools.secretInfo({ label: keyLabel }))?.revision === event.revision;
}

/** Applies an effect. Juju keeps what is done only when the hook has ended well. */
export async function applyToKey(
  tools: Pick<HookTools, 'secretInfo' | 'secretAdd' | 'secretSet' | 'secretRemove'>,
  effect: KeyEffect,
  findings: Findings,
): Promise<void> {
  if (effect.kind === 'remove-key-revision') return tools.secretRemove(effect.id, effect.revision);
  if (effect.kind === 'request-certificate') {
    findings.unitKey = await makeRequest(effect);
    return keep(tools, findings.unitKey);
  }
  const id = (await tools.secretInfo({ label: keyLabel }))?.id;
  if (id === undefined) return;
  if (effect.kind === 'remove-key') await tools.secretRemove(id);
  else await tools.secretSet(id, { expiry: effect.at });
}

async function makeRequest({ commonName, names, privateKey }: RequestedCertificate): Promise<UnitKey> {
  const key = privateKey?.reveal() ?? (await createKey());
  const request = await createRequest({ privateKey: key, commonName, dnsNames: names });
  return { privateKey: new Secret(key), request: request.trim(), names };
}

async function keep(
  tools: Pick<HookTools, 'secretInfo' | 'secretAdd' | 'secretSet'>,
  { privateKey, request, names }: UnitKey,
): Promise<void> {
  const values = {
    'private-key': privateKey,
    request: new Secret(request),
    names: new Secret(names.join(' ')),
  };
  const id = (await tools.secretInfo({ label: keyLabel }))?.id;
  if (id === undefined) await tools.secretAdd({ owner: 'unit', label: keyLabel, values });
  else await tools.secretSet(id, { values });
}
