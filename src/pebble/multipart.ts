/** One part of a multipart body. */
export interface Part {
  /** Field name. */
  readonly name: string;
  readonly filename?: string | undefined;
  readonly content: Buffer;
}

/** A body and the content type that names its boundary. */
export interface MultipartBody {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Writes a multipart/form-data body. The boundary is a UUID, whose 36 characters are above the 32 that Pebble
 * demands (Pebble: internals/daemon/api_files.go). File names must hold no line break.
 */
export function writeMultipart(parts: readonly Part[]): MultipartBody {
  const boundary = crypto.randomUUID();
  const chunks = parts.flatMap(({ name, filename, content }) => {
    const file = filename === undefined ? '' : `; filename="${escapeName(filename)}"`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return [Buffer.from(head), content, Buffer.from('\r\n')];
  });
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) };
}

/** Reads a multipart/form-data body, byte for byte. Returns undefined for what is none. */
export function readMultipart({ contentType, body }: MultipartBody): Part[] | undefined {
  const boundary = /^multipart\/form-data;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  // The first delimiter has no line break before it.
  let position = body.indexOf(delimiter.subarray(2)) + delimiter.length - 2;
  while (position >= delimiter.length - 2 && body.toString('latin1', position, position + 2) !== '--') {
    const end = body.indexOf(delimiter, position);
    const part = end === -1 ? undefined : readPart(body.subarray(position + 2, end));
    if (part === undefined) return undefined;
    parts.push(part);
    position = end + delimiter.length;
  }
  return position < delimiter.length - 2 ? undefined : parts;
}

function readPart(part: Buffer): Part | undefined {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = part.toString('utf8', 0, headEnd);
  const name = parameter(head, 'name');
  if (name === undefined) return undefined;
  return { name, filename: parameter(head, 'filename'), content: part.subarray(headEnd + 4) };
}

/** Go's mime/multipart puts a backslash before quotes and backslashes, and leaves all else as it is. */
function escapeName(name: string): string {
  return name.replaceAll(/["\\]/g, String.raw`\$&`);
}

function parameter(head: string, name: string): string | undefined {
  const value = new RegExp(`^content-disposition:.*?[; ]${name}="((?:[^"\\\\]|\\\\.)*)"`, 'im').exec(
    head,
  )?.[1];
  return value?.replaceAll(/\\(.)/g, '$1');
}
