import { connect, type Socket } from 'node:net';
import { createRpcClientCodec, type RpcAnswer } from './rpc.ts';
import type { ToolRequest } from './rpc-messages.ts';

/** What waits for the answer to a request that is under way. */
interface Waiter {
  readonly resolve: (answer: RpcAnswer) => void;
  readonly reject: (cause: Error) => void;
}

/**
 * Longest time in ms from an answer's first byte to its last. An agent writes it in one go (Go: net/rpc flushes header
 * and body together); half a minute allows for a machine that stands still. To begin one, a tool may take for ever.
 */
const defaultAnswerWithinMs = 30_000;

/**
 * Dials a unit agent at a path, or at an abstract name that begins with `@`; an answer may take `answerWithinMs` from its
 * first byte to its last.
 * @throws Error of node:net if nothing answers there.
 */
export function dialAgent(address: string, answerWithinMs = defaultAnswerWithinMs): Promise<AgentConnection> {
  // The kernel marks abstract names with a NUL byte, which Juju writes as `@`.
  const socket = connect({ path: address.startsWith('@') ? `\0${address.slice(1)}` : address });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new AgentConnection(socket, answerWithinMs));
    });
  });
}

/** An open connection to a unit agent. While nothing is asked, it does not keep the process alive. */
export class AgentConnection {
  readonly #socket: Socket;
  readonly #codec = createRpcClientCodec();
  readonly #answerWithinMs: number;
  #deadline: NodeJS.Timeout | undefined;
  #seq = 0;
  readonly #waiters = new Map<number, Waiter>();
  #failure: Error | undefined;

  constructor(socket: Socket, answerWithinMs: number) {
    this.#socket = socket.unref();
    this.#answerWithinMs = answerWithinMs;
    socket.on('data', (chunk) => {
      this.#receive(chunk);
    });
    socket.on('error', (error) => {
      this.#fail(error);
    });
    socket.on('close', () => {
      this.#fail(new Error('the unit agent closed the connection'));
    });
  }

  /** Why nothing can be asked any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Sends a request, and waits for its answer. Several may be under way; those of one turn are sent together. */
  ask(request: ToolRequest): Promise<RpcAnswer> {
    const seq = this.#seq++;
    const bytes = this.#codec.encodeRequest(seq, request);
    return new Promise((resolve, reject) => {
      this.#waiters.set(seq, { resolve, reject });
      if (this.#socket.writableCorked === 0) {
        this.#socket.ref().cork();
        queueMicrotask(() => {
          this.#socket.uncork();
        });
      }
      this.#socket.write(bytes);
    });
  }

  /** Closes the connection and waits until it is closed. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.destroy();
    await closed;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const answer of this.#codec.feed(chunk)) this.#settle(answer);
      this.#limitAnswer();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Gives an answer that has begun its time to end, counted from its first byte. */
  #limitAnswer(): void {
    if (!this.#codec.pending()) {
      this.#clearDeadline();
      return;
    }
    this.#deadline ??= setTimeout(() => {
      this.#fail(
        new Error(`the unit agent began an answer and did not end it in ${this.#answerWithinMs} ms`),
      );
    }, this.#answerWithinMs).unref();
  }

  #clearDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #settle(answer: RpcAnswer): void {
    const waiter = this.#waiters.get(answer.seq);
    if (waiter === undefined) throw new Error(`cannot match an answer: call ${answer.seq} is not under way`);
    this.#waiters.delete(answer.seq);
    waiter.resolve(answer);
    if (this.#waiters.size === 0) this.#socket.unref();
  }

  #fail(cause: Error): void {
    this.#clearDeadline();
    this.#failure ??= cause;
    for (const { reject } of this.#waiters.values()) reject(this.#failure);
    this.#waiters.clear();
    this.#socket.destroy();
  }
}
