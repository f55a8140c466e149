import fc from 'fast-check';
import { publishAnswers } from '../../src/interfaces/tls-certificates.ts';
import type { Databag } from '../../src/juju/index.ts';
import { hostileText } from './hostile-text.ts';
import { authorities, aUnitKey, issuedFor } from './issued-certificates.ts';

/** A request of this unit. */
export const requestedKey = await aUnitKey();
const issued = issuedFor(requestedKey);

/** What a provider may say to it, and to others. */
export const arbitraryAnswers: fc.Arbitrary<Databag> = fc.oneof(
  fc.constantFrom(
    {},
    publishAnswers({ certificates: [issued], errors: [] }),
    publishAnswers({ certificates: [{ ...issued, revoked: true }], errors: [] }),
    publishAnswers({ certificates: [issuedFor(requestedKey, { authority: authorities[1] })], errors: [] }),
  ),
  hostileText.map((certificates) => ({ certificates })),
  hostileText.map((text) => ({ certificates: JSON.stringify([{ ...issued, certificate: text }]) })),
  hostileText.map((request_errors) => ({ request_errors })),
);
