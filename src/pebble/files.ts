import * as z from 'zod/mini';

import { apiError, callSync, errorResult, readEnvelope, unexpected, withQuery } from './api.ts';
import { PebbleError } from './errors.ts';
import { listFiles } from './file-listing.ts';
import type { FileEntry } from './file-listing.ts';
import { readMultipart, writeMultipart } from './multipart.ts';
import type { PebbleTransport } from './transport.ts';

/** A file to write; it replaces the old one in one step. Its owner is Pebble's own user if none is given. */
export interface FileToWrite {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Three octal digits; `644` if absent. */
  readonly permissions?: string;
  /** Makes the folders above it, with 755. */
  readonly makeDirs?: boolean;
  readonly user?: string;
  readonly group?: string;
}

/**
 * Calls that are about files in the container. Pebble reports each file's error for itself; the first one is
 * thrown as a `PebbleApiError` that names its path, and the other files of the call are done all the same.
 */
export interface FileCalls {
  /** Text of a file; undefined if it is missing. */
  readFile(path: string): Promise<string | undefined>;
  /** Texts of files, in one request; undefined for those that are missing. */
  readFiles(paths: readonly string[]): Promise<ReadonlyMap<string, string | undefined>>;
  /** Bytes of files, in one request; undefined for those that are missing. */
  readFileBytes(paths: readonly string[]): Promise<ReadonlyMap<string, Buffer | undefined>>;
  writeFile(file: FileToWrite): Promise<void>;
  /** Writes files in one request, in their order. */
  writeFiles(files: readonly FileToWrite[]): Promise<void>;
  /** Entries of a folder, or the one entry of a file; undefined if the path is missing. */
  listFiles(path: string): Promise<readonly FileEntry[] | undefined>;
  /** Makes folders and those above them, with 755 if no permissions are given; an existing one is left as it is. */
  makeDirs(paths: readonly string[], options?: { readonly permissions?: string }): Promise<void>;
  /** Removes a file or folder. A missing one is an error of kind `not-found`, but not with `recursive`. */
  removePath(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
}

const fileResults = z.array(z.object({ path: z.string(), error: z.optional(errorResult) }));
type FileResults = z.infer<typeof fileResults>;

/** Binds the calls to a transport. */
export function fileCalls(transport: PebbleTransport): FileCalls {
  const readFileBytes: FileCalls['readFileBytes'] = (paths) => readAll(transport, paths);
  const readFiles: FileCalls['readFiles'] = async (paths) => {
    const bytes = await readFileBytes(paths);
    return new Map([...bytes].map(([path, content]) => [path, content?.toString('utf8')]));
  };
  const writeFiles: FileCalls['writeFiles'] = (files) => writeAll(transport, files);
  return {
    readFileBytes,
    readFiles,
    readFile: async (path) => (await readFiles([path])).get(path),
    writeFiles,
    writeFile: (file) => writeFiles([file]),
    listFiles: (path) => listFiles(transport, path),
    makeDirs: (paths, { permissions } = {}) => {
      const dirs = paths.map((path) => ({ path, permissions, 'make-parents': true }));
      return changePaths(transport, 'make folder', { action: 'make-dirs', dirs });
    },
    removePath: (path, { recursive = false } = {}) =>
      changePaths(transport, 'remove', { action: 'remove', paths: [{ path, recursive }] }),
  };
}

async function readAll(
  transport: PebbleTransport,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Buffer | undefined>> {
  if (paths.length === 0) return new Map();
  const doing = `read ${paths.join(', ')}`;
  const answer = await transport.send({
    doing,
    method: 'GET',
    path: withQuery('/v1/files', { action: 'read', path: paths }),
    headers: { Accept: 'multipart/form-data' },
  });
  const parts = readMultipart(answer);
  if (parts === undefined) {
    readEnvelope(doing, answer);
    throw unexpected(doing, 'it is no multipart body', answer.statusCode);
  }
  const last = parts.find((part) => part.name === 'response');
  const envelope = readEnvelope(doing, { ...answer, body: last?.content ?? Buffer.alloc(0) });
  const results = parseResults(doing, envelope.result);
  throwFirst(
    'read',
    results.filter(({ error }) => error?.kind !== 'not-found'),
  );
  const contents = new Map(parts.map((part) => [part.filename, part.content]));
  return new Map(
    results.map(({ path, error }) => [path, error === undefined ? contents.get(path) : undefined]),
  );
}

async function writeAll(transport: PebbleTransport, files: readonly FileToWrite[]): Promise<void> {
  if (files.length === 0) return;
  const doing = `write ${files.map(({ path }) => path).join(', ')}`;
  const request = {
    action: 'write',
    files: files.map(({ path, permissions, makeDirs = false, user, group }) => {
      // A line break would end the part's header.
      if (/[\r\n]/.test(path))
        throw new PebbleError(doing, 'a path has a line break', { kind: 'invalid-request' });
      return { path, permissions, 'make-dirs': makeDirs, user, group };
    }),
  };
  const { contentType, body } = writeMultipart([
    { name: 'request', content: Buffer.from(JSON.stringify(request)) },
    ...files.map(({ path, content }) => ({ name: 'files', filename: path, content: Buffer.from(content) })),
  ]);
  const headers = { 'Content-Type': contentType };
  const answer = await transport.send({ doing, method: 'POST', path: '/v1/files', headers, body });
  throwFirst('write', parseResults(doing, readEnvelope(doing, answer).result));
}

async function changePaths(
  transport: PebbleTransport,
  verb: string,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  throwFirst(verb, await callSync(transport, { doing: verb, path: '/v1/files', body, result: fileResults }));
}

function parseResults(doing: string, result: unknown): FileResults {
  const parsed = fileResults.safeParse(result);
  if (!parsed.success) throw unexpected(doing, z.prettifyError(parsed.error));
  return parsed.data;
}

/** Per-file errors come with HTTP 200. */
function throwFirst(verb: string, results: FileResults): void {
  for (const { path, error } of results) {
    if (error !== undefined) throw apiError(`${verb} ${path}`, error, 200);
  }
}
