import type { PebbleAnswer, PebbleRequest, PebbleTransport } from '../../../src/pebble/index.ts';

/** What a canned Pebble says: a status and a JSON body, or text of a content type. */
export interface CannedAnswer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly contentType?: string;
}

/** A transport that gives the answers in their order, the last one again and again, and keeps the requests. */
export function cannedTransport(...answers: CannedAnswer[]) {
  const requests: PebbleRequest[] = [];
  const transport: PebbleTransport = {
    send: (request) => {
      requests.push(request);
      const canned = answers.length > 1 ? answers.shift() : answers[0];
      return Promise.resolve(toAnswer(canned ?? {}));
    },
    upgrade: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  return { transport, requests };
}

/** The envelope of a result. */
export const sync = (result: unknown): CannedAnswer => ({
  json: { type: 'sync', 'status-code': 200, status: 'OK', result },
});

/** The envelope of an error. */
export const failure = (status: number, result: unknown): CannedAnswer => ({
  status,
  json: { type: 'error', 'status-code': status, result },
});

function toAnswer({
  status = 200,
  json,
  text,
  contentType = 'application/json',
}: CannedAnswer): PebbleAnswer {
  return { statusCode: status, contentType, body: Buffer.from(text ?? JSON.stringify(json)) };
}
