import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Output of a process, told line by line and kept as it is. */
export interface OutputCollector {
  /** Ends reading, tells a last line without newline, and gives all bytes so far. */
  end(): Buffer;
}

/** Reads a stream as it comes; `tell` gets each line. */
export function collectOutput(stream: Readable | null, tell: (line: string) => void): OutputCollector {
  const chunks: Buffer[] = [];
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(tell);
  });
  return {
    end: () => {
      stream?.destroy();
      const last = rest + decoder.end();
      if (last !== '') tell(last);
      return Buffer.concat(chunks);
    },
  };
}
