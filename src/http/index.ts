export type { HttpAnswer } from './answer-reader.ts';
export type { HttpTarget } from './connections.ts';
export { HttpTimeoutError } from './exchange.ts';
export type { HttpRequest } from './exchange.ts';
export { createHttpClient } from './http-client.ts';
export type { HttpClient, HttpUpgrade } from './http-client.ts';
