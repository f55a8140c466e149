/** How often everything is measured. */
export interface Rounds {
  /** Rounds before those that count: they fill the caches of files, and Python's of bytecode. */
  readonly warmUps: number;
  readonly rounds: number;
}

/**
 * Measures subjects in turn, A B C A B C: what changes on the machine in the meantime meets all of them. Returns the
 * results by subject, in the order of the rounds.
 */
export async function measureInTurn<Subject, Result>(
  subjects: readonly Subject[],
  { warmUps, rounds }: Rounds,
  measure: (subject: Subject) => Promise<Result>,
): Promise<ReadonlyMap<Subject, readonly Result[]>> {
  const results = new Map(subjects.map((subject): [Subject, Result[]] => [subject, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [subject, own] of results) {
      const result = await measure(subject);
      if (round >= 0) own.push(result);
    }
  }
  return results;
}
