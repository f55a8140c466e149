/** Runs tasks one after the other, in the order in which they were handed in; one that fails stops no other. */
export function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    // The caller has the failure; the chain only needs to know that the task is over.
    last = result.catch(() => undefined);
    return result;
  };
}
