/** How a task takes its turn. */
export interface Turn {
  /** May be under way together with its neighbours that are shared too. */
  readonly shared: boolean;
}

/**
 * Runs tasks in the order in which they were handed in: one at a time, save that neighbours which are shared begin
 * together. One that fails stops no other.
 */
export function createQueue(): <T>(task: () => Promise<T>, turn: Turn) => Promise<T> {
  /** The end of the last task that was alone, and of the shared ones after it. */
  let alone: Promise<unknown> = Promise.resolve();
  let together: Promise<unknown>[] = [];
  return (task, { shared }) => {
    const result = (shared ? alone : Promise.all([alone, ...together])).then(task);
    // The caller has the failure; the queue only needs to know that the task is over.
    const ended = result.catch(() => undefined);
    if (shared) {
      together.push(ended);
    } else {
      alone = ended;
      together = [];
    }
    return result;
  };
}
