/** What is known of a request that failed; no status when no answer came. */
export interface MimirRequestFacts {
  readonly method: string;
  /** Path and query, without the host. */
  readonly path: string;
  readonly status?: number;
  /** The start of the answer's text. */
  readonly body?: string;
}

/** A request to Mimir's HTTP API that was refused, not answered, or answered with something else than its API says. */
export class MimirApiError extends Error {
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly body: string | undefined;

  constructor(why: string, facts: MimirRequestFacts, cause?: unknown) {
    super(`cannot ${facts.method} ${facts.path} of Mimir: ${why}`, { cause });
    this.name = 'MimirApiError';
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.body = facts.body;
  }
}
