/** Keeps what arrived until it is read, and then says how it ended. */
export interface Inbox<T> {
  put(item: T): void;
  /** Lets no more in; readers get the error after what is already there. Only the first call counts. */
  end(error?: Error): void;
  /** Items in their order; for one reader. */
  items(): AsyncGenerator<T, void, undefined>;
}

/** Makes an empty inbox. */
export function createInbox<T extends NonNullable<unknown>>(): Inbox<T> {
  const waiting: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  return {
    put: (item) => {
      if (!ended) waiting.push(item);
      wake();
    },
    end: (error) => {
      if (ended) return;
      ended = true;
      failure = error;
      wake();
    },
    async *items() {
      for (;;) {
        for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) yield item;
        if (failure !== undefined) throw failure;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
