import { setTimeout } from 'node:timers/promises';

/** Asks until the answer is `done`, for 30 s at most; answers the last answer, whatever it was. */
export async function until<T>(ask: () => T | Promise<T>, done: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (done(answer) || performance.now() > deadline) return answer;
    await setTimeout(200);
  }
}
