import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import { createAuthority, issueCertificate, type Authority } from '../../src/x509/certificate-authority.ts';
import { createKey, createRequest } from '../../src/x509/certificate-request.ts';

/** A key and a certificate for it, in PEM, as Node's servers take them. */
export interface ServerCredentials {
  readonly key: string;
  readonly cert: string;
}

/** An authority that no machine knows, valid for an hour. */
export function privateAuthority(issuer?: Authority): Promise<Authority> {
  return createAuthority({ commonName: 'private', period: anHour(), ...(issuer && { issuer }) });
}

/** A certificate by this authority for a server of these names. */
export async function credentialsFor(
  authority: Authority,
  dnsNames: readonly string[],
): Promise<ServerCredentials> {
  const key = await createKey();
  const request = await createRequest({ privateKey: key, commonName: 'server', dnsNames });
  const issued = issueCertificate(request, anHour(), authority);
  if (!issued.ok) throw new Error(issued.reason);
  return { key, cert: issued.value };
}

/** Starts a server on the loopback that speaks TLS; its URL has the host `localhost`, and no path. */
export async function listenSecurely(
  credentials: ServerCredentials,
  listener: RequestListener,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(credentials, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `https://localhost:${port}` };
}

function anHour() {
  const now = Date.now();
  // Another clock may be a little behind.
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) };
}
