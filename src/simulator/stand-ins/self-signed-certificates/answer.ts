import type { Answers, IssuedTo, RequestError } from '../../../interfaces/tls-certificates.ts';
import { issueCertificate, type Authority } from '../../../x509/certificate-authority.ts';
import { periodOf } from './authority.ts';
import { unreadableRequest, type Options } from './options.ts';

/** What answers are made from. */
export interface Signing {
  readonly authority: Authority;
  readonly options: Options;
}

/**
 * The answers to all requests of a relation, where `before` was told: what this authority has signed stays, also where it
 * was revoked, and what another has signed is signed anew. Those whose requests are gone go.
 */
export function answersTo(requests: readonly string[], before: Answers, signing: Signing): Answers {
  const answers = requests.map((request) => answerTo(request, before, signing));
  return {
    certificates: answers.flatMap((each) => ('certificate' in each ? [each] : [])),
    errors: answers.flatMap((each) => ('error' in each ? [each] : [])),
  };
}

/** The answers with every certificate revoked. */
export function revoked({ certificates, errors }: Answers): Answers {
  return { certificates: certificates.map((each) => ({ ...each, revoked: true })), errors };
}

function answerTo(
  request: string,
  before: Answers,
  { authority, options }: Signing,
): IssuedTo | { readonly request: string; readonly error: RequestError } {
  const ca = authority.certificate.trim();
  const known = before.certificates.find((each) => each.request === request);
  if (known?.ca === ca) return known;
  if (known === undefined && options.refuse !== undefined) return { request, error: options.refuse };
  const signed = issueCertificate(request, periodOf(options['certificate-validity']), authority);
  if (!signed.ok) return { request, error: unreadableRequest(signed.reason) };
  const certificate = signed.value.trim();
  return { request, ca, certificate, chain: [certificate, ca], revoked: false };
}
