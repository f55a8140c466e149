/** Why a `fetch` got no answer: it says only "fetch failed" itself, the reason is its cause. */
export function connectionReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
