import { z } from 'zod';
import type { RequestError } from '../../../interfaces/tls-certificates.ts';

const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const validity = z
  .string()
  .regex(/^0*[1-9]\d{0,9}[smhdw]?$/, 'not a time such as 60s or 90d')
  .transform((text) => parseInt(text, 10) * (secondsOf[text.replace(/\d/g, '')] ?? 1));

/** Names and words of the codes that the interface has. */
const refusals: Readonly<Record<string, Omit<RequestError, 'reason'>>> = {
  101: { code: 101, name: 'ip_not_allowed', message: 'IP addresses are not allowed' },
  102: { code: 102, name: 'domain_not_allowed', message: 'the domain is not allowed' },
  103: { code: 103, name: 'wildcard_not_allowed', message: 'wildcards are not allowed' },
  201: { code: 201, name: 'server_not_available', message: 'the server is not available' },
  999: { code: 999, name: 'other', message: 'the request is refused' },
};

const refuse = z
  .enum(['false', 'true', ...Object.keys(refusals)])
  .transform((text): RequestError | undefined => {
    const refusal = text === 'true' ? refusals[999] : refusals[text];
    return refusal && { ...refusal, reason: 'the option refuse says so' };
  });

/** The charm's options: `refuse` is the error to tell, and the validity is in seconds. */
export const options = z.object({
  'ca-common-name': z.string().min(1).max(64),
  'certificate-validity': validity,
  refuse,
});

/** The charm's options as they are set. */
export type Options = Readonly<z.infer<typeof options>>;

/** The error for a request that cannot be read. */
export function unreadableRequest(reason: string): RequestError {
  return { code: 999, name: 'other', message: 'the request cannot be read', reason };
}
