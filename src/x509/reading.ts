/** What a text from outside says, or why it cannot be read: a peer may send anything, so that is a value. */
export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A reading that failed. */
export function unreadable(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** What `parse` returns; whatever it throws means that the text cannot be read, for which `reason` has the words. */
export function attempt<T>(parse: () => T, reason: string): Reading<T> {
  try {
    return { ok: true, value: parse() };
  } catch (error) {
    return unreadable(
      error instanceof Error && error.message !== '' ? `${reason}: ${error.message}` : reason,
    );
  }
}
