import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionParameters } from '../../../../src/simulator/cli/action-parameters.ts';
import {
  durationMs,
  keyValues,
  optionValues,
  parseForward,
  splitCommand,
  unitCount,
} from '../../../../src/simulator/cli/arguments.ts';
import { CommandError, UsageError } from '../../../../src/simulator/cli/command.ts';
import { stateFolderPath } from '../../../../src/simulator/cli/state-folder.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'juju-sim-arguments-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('key=value arguments', () => {
  it('keep all after the first equals sign', () => {
    expect(keyValues(['a=1', 'b=x=y', 'c='])).toEqual({ a: '1', b: 'x=y', c: '' });
  });

  it.each(['a', '=1', ''])('are refused as Juju refuses them: %j', (text) => {
    expect(() => keyValues([text])).toThrow(new UsageError(`expected "key=value", got "${text}"`));
  });

  it('may not come twice', () => {
    expect(() => keyValues(['a=1', 'a=2'])).toThrow('key "a" specified more than once');
  });

  it('read a file behind an @, from the working folder', () => {
    writeFileSync(join(folder, 'am.yaml'), 'route: {}\n');
    expect(optionValues(['x=@am.yaml', 'y=a@b'], folder)).toEqual({ x: 'route: {}\n', y: 'a@b' });
  });

  it('name the option whose file is missing', () => {
    expect(() => optionValues(['x=@none'], folder)).toThrow(CommandError);
    expect(() => optionValues(['x=@none'], folder)).toThrow(/^cannot read "x" from file /);
  });
});

describe('parameters of an action', () => {
  it('are YAML, and dots make maps', () => {
    const parameters = { value: '3.5', dry: 'true', 'a.b': '[1]', 'a.c': 'x', empty: '' };
    expect(actionParameters(parameters)).toEqual({
      value: 3.5,
      dry: true,
      a: { b: [1], c: 'x' },
      empty: '',
    });
  });

  it('are refused with their name if they are no YAML', () => {
    expect(() => actionParameters({ p: '[' })).toThrow(/^cannot parse value of parameter "p": /);
  });
});

describe('numbers and times', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
  ])('read %s as %d ms', (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });

  it.each(['', '5', 's', '5 s', '5sx', '-5s'])('refuse the duration %j', (text) => {
    expect(() => durationMs(text)).toThrow(UsageError);
  });

  it.each(['-1', 'x', '', '1.5'])('refuse %j units', (text) => {
    expect(() => unitCount(text)).toThrow(`invalid number of units "${text}"`);
  });
});

describe('a command line that holds another', () => {
  const options = { unit: { type: 'string' } } as const;

  it.each([
    [
      ['--unit', 'a/0', '--', 'ls', '-l', '--', 'x'],
      ['--unit', 'a/0'],
      ['ls', '-l', '--', 'x'],
    ],
    [['--unit=a/0', 'ls', '-l'], ['--unit=a/0'], ['ls', '-l']],
    [['--unit', 'a/0'], ['--unit', 'a/0'], []],
  ])('ends before the other command: %j', (args, own, rest) => {
    expect(splitCommand(args, options)).toEqual({ own, rest });
  });

  it.each([
    [['a/0', 'ls', '-l'], ['a/0'], ['ls', '-l']],
    [['a/0', '--', 'ls', '--unit', 'x'], ['a/0'], ['ls', '--unit', 'x']],
    [['--unit', 'u', 'a/0'], ['--unit', 'u', 'a/0'], []],
  ])('keeps the positional arguments that are its own: %j', (args, own, rest) => {
    expect(splitCommand(args, options, 1)).toEqual({ own, rest });
  });
});

describe('a forward', () => {
  it('takes a free port unless it names one', () => {
    expect(parseForward('9009:mimir.cos:9010')).toEqual({ listen: 9009, host: 'mimir.cos', port: 9010 });
    expect(parseForward('10.1.0.3:80')).toEqual({ listen: 0, host: '10.1.0.3', port: 80 });
  });

  it.each(['9009', 'a:b', 'x:y:1', ''])('is refused as %j', (text) => {
    expect(() => parseForward(text)).toThrow(UsageError);
  });
});

describe('the state folder', () => {
  it.each([
    [{ JUJU_SIM_DIR: '/s', XDG_RUNTIME_DIR: '/run/user/7' }, '/s'],
    [{ XDG_RUNTIME_DIR: '/run/user/7' }, '/run/user/7/juju-sim'],
    [{ JUJU_SIM_DIR: '', XDG_RUNTIME_DIR: '' }, '/tmp/juju-sim-7'],
  ])('of %j is %s', (variables, path) => {
    expect(stateFolderPath(variables, 7)).toBe(path);
  });
});
