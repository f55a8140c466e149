import { expect, test } from 'vitest';
import { parseHaLabels } from '../../../src/mimir/ha-labels.ts';

test('two names are taken, without the spaces around them', () => {
  const labels = { cluster: 'cluster', replica: '__replica__' };
  expect(parseHaLabels({ cluster: ' cluster\n', replica: '__replica__' })).toEqual(labels);
});

test.each(['', ' ', '1st', 'a-b', 'a.b', 'a b', 'é', '"a"', 'a: b', '{}', '__name__', 'x'.repeat(129)])(
  '%j is refused, and the sentence says for which label and what to write',
  (name) => {
    expect(parseHaLabels({ cluster: name, replica: '__replica__' })).toEqual({
      label: 'cluster',
      problem: expect.stringMatching(/such as cluster$/),
    });
    expect(parseHaLabels({ cluster: 'cluster', replica: name })).toEqual({
      label: 'replica',
      problem: expect.stringMatching(/such as __replica__$/),
    });
  },
);

test('one name for both is refused', () => {
  expect(parseHaLabels({ cluster: 'a', replica: 'a' })).toEqual({
    label: 'replica',
    problem: '"a" is the label of the cluster too; take another',
  });
});
