import { format } from 'prettier';
import { expect, test } from 'vitest';
import { markdownTable } from '../../../benchmarks/table.ts';

const table = {
  headings: ['process', 'ms', 'CPU ÷ node'],
  rows: [
    ['`node -e 0`', '41 (40–44)', '1.00'],
    ['a', '–', '2.10'],
  ],
};

test('names stand to the left, figures to the right', () => {
  expect(markdownTable(table)).toBe(`\
| process     |         ms | CPU ÷ node |
| ----------- | ---------: | ---------: |
| \`node -e 0\` | 41 (40–44) |       1.00 |
| a           |          – |       2.10 |
`);
});

test.each([table, { headings: ['a', 'b'], rows: [] }])(
  'Prettier has nothing to mend in %j',
  async (anyTable) => {
    const text = markdownTable(anyTable);
    expect(await format(text, { parser: 'markdown' })).toBe(text);
  },
);
