import { expect, test } from 'vitest';
import { parseUsage, readUsage } from '../../../../benchmarks/cluster/processes.ts';

/** A line of `/proc/PID/stat` (Linux: proc(5)): user and system time are its 14th and 15th fields. */
const stat = (name: string) =>
  `71 (${name}) S 1 71 71 0 -1 4194560 900 0 3 0 250 50 7 8 20 0 9 0 100 2000 30`;
const status = 'Name:\tmimir\nVmHWM:\t  300000 kB\nVmRSS:\t  204800 kB\nThreads:\t9\n';

test.each(['mimir', 'a b', ') S 1 (x'])('the usage of a process named %j is read', (name) => {
  expect(parseUsage(stat(name), status)).toEqual({ processorSeconds: 3, residentBytes: 200 * 2 ** 20 });
});

test('a process without memory of its own, such as one that has ended, has no usage', () => {
  expect(() => parseUsage(stat('mimir'), 'Name:\tmimir\nState:\tZ (zombie)\n')).toThrow(
    'cannot read what a process used',
  );
});

test('the usage of this process is in reason', () => {
  const { processorSeconds, residentBytes } = readUsage(process.pid);
  expect(processorSeconds).toBeGreaterThan(0);
  expect(processorSeconds).toBeLessThanOrEqual(process.uptime() * 64);
  expect(residentBytes / process.memoryUsage.rss()).toBeCloseTo(1, 0);
});
