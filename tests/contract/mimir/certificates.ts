import {
  type Authority,
  createAuthority,
  issueCertificate,
} from '../../../src/x509/certificate-authority.ts';
import { createKey, createRequest } from '../../../src/x509/certificate-request.ts';

const hour = 3_600_000;
const period = () => ({ notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) });

/** Makes an authority of its own. */
export function anAuthority(): Promise<Authority> {
  return createAuthority({ commonName: 'authority', period: period() });
}

/** Has it sign a certificate for `localhost`, which is another one each time; in PEM, with its key. */
export async function issueFor(authority: Authority, key?: string) {
  const privateKey = key ?? (await createKey());
  const request = await createRequest({ privateKey, commonName: 'mimir', dnsNames: ['localhost'] });
  const issued = issueCertificate(request, period(), authority);
  if (!issued.ok) throw new Error(`cannot issue a certificate: ${issued.reason}`);
  return { certificate: issued.value, key: privateKey, ca: authority.certificate };
}
