import { expect, test } from 'vitest';
import { measureInTurn } from '../../../benchmarks/rounds.ts';

test('subjects are measured in turn, and the first rounds do not count', async () => {
  const order: string[] = [];
  const measured = await measureInTurn(['a', 'b'], { warmUps: 1, rounds: 2 }, (subject) =>
    Promise.resolve(order.push(subject)),
  );
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect([...measured]).toEqual([
    ['a', [3, 5]],
    ['b', [4, 6]],
  ]);
});
