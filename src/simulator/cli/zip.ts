import { inflateRawSync } from 'node:zlib';

/** A file or folder in a zip archive. */
export interface ZipEntry {
  /** Path within the archive, as it is written there; folders end in `/`. */
  readonly path: string;
  /** Unix mode bits with the file type, or 0 where the archive holds none. */
  readonly mode: number;
  readonly content: () => Buffer;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const stored = 0;
const deflated = 8;

/**
 * Lists what a zip archive holds, by its central directory (PKWARE: APPNOTE.TXT 4.3). Charms are small and plain:
 * zip64, encryption and several volumes are refused.
 */
export function readZip(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt32LE(end) !== endSignature)
    throw new Error('cannot read zip: no end record');
  const count = archive.readUInt16LE(end + 10);
  let offset = archive.readUInt32LE(end + 16);
  if (count === 0xffff || offset === 0xffffffff) throw new Error('cannot read zip: zip64 is not supported');
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const { entry, next } = readEntry(archive, offset);
    entries.push(entry);
    offset = next;
  }
  return entries;
}

function readEntry(archive: Buffer, offset: number): { entry: ZipEntry; next: number } {
  if (archive.readUInt32LE(offset) !== entrySignature)
    throw new Error('cannot read zip: bad directory entry');
  const nameEnd = offset + 46 + archive.readUInt16LE(offset + 28);
  const path = archive.toString('utf8', offset + 46, nameEnd);
  const method = archive.readUInt16LE(offset + 10);
  const size = archive.readUInt32LE(offset + 20);
  const start = archive.readUInt32LE(offset + 42);
  const content = () => readContent(archive, { path, method, size, start });
  const next = nameEnd + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  return { entry: { path, mode: archive.readUInt16LE(offset + 40), content }, next };
}

interface Place {
  readonly path: string;
  readonly method: number;
  /** Size as compressed, in bytes. */
  readonly size: number;
  /** Offset of the entry's local header. */
  readonly start: number;
}

function readContent(archive: Buffer, { path, method, size, start }: Place): Buffer {
  const data = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
  const bytes = archive.subarray(data, data + size);
  if (method === stored) return bytes;
  if (method === deflated) return inflateRawSync(bytes);
  throw new Error(`cannot read zip: ${path} is compressed by method ${method}`);
}
