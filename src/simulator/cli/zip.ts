import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

/** A file or folder in a zip archive. */
export interface ZipEntry {
  /** Path within the archive, as it is written there; folders end in `/`. */
  readonly path: string;
  /** Unix mode bits with the file type, or 0 where the archive holds none. */
  readonly mode: number;
  readonly content: () => Promise<Buffer>;
}

/** Reads what a zip archive holds, one entry after the other. Paths that lead out of it are refused. */
export async function* readZip(archive: Buffer): AsyncGenerator<ZipEntry> {
  const zip = await fromBufferPromise(archive);
  for await (const entry of zip.eachEntry()) {
    yield {
      path: entry.fileName,
      // APPNOTE.TXT 4.4.15: the meaning is the maker's; every Unix tool writes st_mode into the upper half.
      mode: entry.externalFileAttributes >>> 16,
      content: async () => buffer(await zip.openReadStreamPromise(entry)),
    };
  }
}
