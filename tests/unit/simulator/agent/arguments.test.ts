import { expect, test } from 'vitest';
import { keyValues, parseArguments } from '../../../../src/simulator/agent/tools/arguments.ts';

const spec = ['r|relation=', 'app', 'format='];

test('flags may stand among the arguments, in short and long form', () => {
  expect(parseArguments(['-', '-r', 'db:1', '--app', 'pg', '--format=json'], spec)).toEqual({
    flags: { relation: 'db:1', app: '', format: 'json' },
    rest: ['-', 'pg'],
  });
});

test('two dashes end the flags', () => {
  expect(parseArguments(['--', '-r', '--app'], spec)).toEqual({ flags: {}, rest: ['-r', '--app'] });
});

test('a flag without its value is refused', () => {
  expect(() => parseArguments(['-r'], spec)).toThrow('option needs an argument: -r');
});

test('values may be empty and hold equals signs, and keys may come once', () => {
  expect(keyValues(['a=', 'b=c=d'])).toEqual({ a: '', b: 'c=d' });
  expect(() => keyValues(['a=1', 'a=2'])).toThrow('key "a" specified more than once');
});

test('a switch may have a value of Go’s, of which false is as if it were not there', () => {
  const app = (text: string) => parseArguments([text], spec).flags['app'];
  expect(['--app=True', '--app=1', '--app=False', '--app=0'].map(app)).toEqual([
    '',
    '',
    undefined,
    undefined,
  ]);
  expect(() => app('--app=maybe')).toThrow('invalid boolean value "maybe" for --app');
});
