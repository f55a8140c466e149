import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { serveOverTcp } from './name-server-tcp.ts';

/** Looks up the addresses of a full name in lower case. */
export type Lookup = (name: string) => readonly string[] | undefined;

const typeA = 1;
const classInternet = 1;
/** Seconds; what CoreDNS's `kubernetes` plugin gives unless told otherwise. */
const timeToLive = 5;
const headerLength = 12;

/** A name server for the cluster's own names, in the place of CoreDNS, over UDP and TCP. It knows no others: NXDOMAIN. */
export async function serveNames(address: string, lookup: Lookup): Promise<{ close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { address: client, port }) => {
    const answer = answerQuery(query, lookup);
    // A client that has gone is no concern of ours: its answer is dropped as a network would.
    if (answer !== undefined) socket.send(answer, port, client, () => undefined);
  });
  socket.bind(53, address);
  await once(socket, 'listening');
  const tcp = await serveOverTcp({ address }, (query) => answerQuery(query, lookup));
  return {
    close: () => {
      tcp.close();
      socket.close();
    },
  };
}

/** The answer to a DNS message (RFC 1035), or undefined for what is no query. */
export function answerQuery(query: Buffer, lookup: Lookup): Buffer | undefined {
  if (query.length < headerLength || (query.readUInt8(2) & 0x80) !== 0 || query.readUInt16BE(4) !== 1) return;
  const question = readQuestion(query);
  if (question === undefined) return;
  const known = lookup(question.name);
  const addresses = question.type === typeA ? (known ?? []) : [];
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  // Response, authoritative; the client's "recursion desired" is given back.
  header.writeUInt8(0x84 | (query.readUInt8(2) & 0x01), 2);
  header.writeUInt8(0x80 | (known === undefined ? 3 : 0), 3);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([
    header,
    query.subarray(headerLength, question.end),
    ...addresses.map((address) => addressRecord(address)),
  ]);
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } | undefined {
  const labels: string[] = [];
  let at = headerLength;
  for (let length = query[at]; length !== 0; length = query[at]) {
    if (length === undefined || length > 63) return undefined;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (query.length < at + 5) return undefined;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc000 | headerLength, 0); // The question's name.
  record.writeUInt16BE(typeA, 2);
  record.writeUInt16BE(classInternet, 4);
  record.writeUInt32BE(timeToLive, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split('.').map(Number), 12);
  return record;
}
