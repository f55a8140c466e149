import { expect, test } from 'vitest';
import { functionsOf } from '../../../scripts/late-modules.ts';

test('a module that exports functions and types has its functions named', () => {
  const source = `
export interface Shape { readonly side: number }
export type Name = string;
export function area(shape: Shape) { return shape.side ** 2; }
export async function load() {}
function inner() {}
`;
  expect(functionsOf('shape.ts', source)).toEqual(['area', 'load']);
});

test.each([
  'export const side = 1;',
  'export class Shape {}',
  "export * from './other.ts';",
  'export { area };',
])('a module with %j is refused, since it would be there too late', (line) => {
  expect(() => functionsOf('shape.ts', line)).toThrow(/^cannot evaluate shape\.ts late: /);
});
