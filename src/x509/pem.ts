import { attempt, unreadable, type Reading } from './reading.ts';

/** Writes DER as PEM, in lines of 64 characters (RFC 7468), with a line feed at the end. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** The DER of a text's only PEM block; text around it is ignored, as OpenSSL and Go do. */
export function fromPem(label: string, text: string): Reading<Uint8Array<ArrayBuffer>> {
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const [, body, another] = text.split(begin);
  if (body === undefined) return unreadable(`there is no ${begin}`);
  if (another !== undefined) return unreadable(`there is more than one ${begin}`);
  if (!body.includes(end)) return unreadable(`there is no ${end}`);
  const base64 = body.slice(0, body.indexOf(end)).replace(/\s/g, '');
  return attempt(() => Uint8Array.from(Buffer.from(strictBase64(base64), 'base64')), 'not PEM');
}

/** Node.js decodes whatever looks like base64 and leaves out the rest. */
function strictBase64(text: string): string {
  if (text === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    throw new Error('its body is not base64');
  return text;
}
