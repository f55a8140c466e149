import type { WebSocketMessage } from './websocket-messages.ts';

/** Keeps messages until they are read, and then says how it ended. */
export interface Inbox {
  put(message: WebSocketMessage): void;
  /** Lets no more in; readers get the error after what is already there. Only the first call counts. */
  end(error?: Error): void;
  /** Messages in their order; for one reader. */
  messages(): AsyncGenerator<WebSocketMessage, void, undefined>;
}

/** Makes an empty inbox. */
export function createInbox(): Inbox {
  const waiting: WebSocketMessage[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  return {
    put: (message) => {
      if (!ended) waiting.push(message);
      wake();
    },
    end: (error) => {
      if (ended) return;
      ended = true;
      failure = error;
      wake();
    },
    async *messages() {
      for (;;) {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield next;
        if (failure !== undefined) throw failure;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
