import { describe, expect, it } from 'vitest';
import type { ControlCall, ControlLine } from '../../../../src/simulator/client.ts';
import { runCli } from './run-cli.ts';

const model = { name: 'm', controller: 'c', cloud: 'k', version: '3.6.8' };

describe('status', () => {
  const answer = () => ({ model });

  it('prints the tables, or the very JSON of the daemon, or that as YAML', async () => {
    expect((await runCli(['status'], { answer })).stdout).toContain('Model "c:m" is empty.');
    expect((await runCli(['status', '--format=json'], { answer })).stdout).toBe(
      `${JSON.stringify({ model })}\n`,
    );
    expect((await runCli(['status', '--format', 'yaml'], { answer })).stdout).toMatch(
      /^model:\n {2}name: m\n/,
    );
  });

  it.each([
    [['--watch', '10ms'], 3],
    [['--watch=10ms'], 2],
    [['--watch'], 1],
  ])('is shown anew until the user interrupts it: %j', async (args, times) => {
    const stop = new AbortController();
    let asked = 0;
    const { code, stdout } = await runCli(['status', ...args], {
      interrupted: stop.signal,
      answer: () => {
        asked += 1;
        if (asked === times) stop.abort();
        return { model };
      },
    });
    expect(code).toBe(0);
    expect(stdout.split('\u001b[2J\u001b[H')).toHaveLength(times + 1);
  });
});

describe('debug-log', () => {
  const logLine = (line: string): ControlLine => ({ kind: 'log', line });
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  const lines = numbers.map((number) => logLine(`line ${number}`));
  const text = (from: number) =>
    numbers
      .slice(from - 1)
      .map((number) => `line ${number}\n`)
      .join('');

  it.each([
    [[], 3],
    [['-n', '2'], 11],
    [['-n', '0'], 13],
    [['--replay'], 1],
    [['--lines', '99', '--no-tail'], 1],
  ])('%j shows the log from line %d', async (args, from) => {
    expect((await runCli(['debug-log', ...args], { lines })).stdout).toBe(text(from));
  });

  it('goes on with what follows, and repeats nothing', async () => {
    const calls: ControlCall[] = [];
    const log = [...lines];
    const { stdout } = await runCli(['debug-log', '--tail', '-n', '1', '--include', 'a/0'], {
      lines: log,
      answer: (call) => {
        calls.push(call);
        log.push(logLine('news'));
      },
    });
    expect(stdout).toBe('line 12\nnews\n');
    expect(calls).toEqual([
      { command: 'debug-log', include: 'a/0' },
      { command: 'debug-log', follow: true, include: 'a/0' },
    ]);
  });
});

describe('show-unit', () => {
  it('prints YAML, or JSON if asked to', async () => {
    const answer = () => ({ 'a/0': { leader: true, absent: undefined } });
    expect((await runCli(['show-unit', 'a/0'], { answer })).stdout).toBe('a/0:\n  leader: true\n');
    expect((await runCli(['show-unit', 'a/0', '--format=json'], { answer })).stdout).toBe(
      '{"a/0":{"leader":true}}\n',
    );
  });
});
