import { inspect } from 'node:util';

const mask = '[redacted]';

/** A secret, a text or bytes, that prints as `[redacted]` wherever it is shown, until someone asks for it by name. */
export class Redacted<T extends string | Buffer = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The secret itself: only for files and databags that are meant to carry it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}
