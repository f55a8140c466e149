import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { childrenOf, numbersOf, signalProcess } from '../../../../src/simulator/cluster/processes.ts';

describe('numbers of processes', () => {
  it('the host’s number comes first, then the simulator’s', () => {
    expect(numbersOf('Name:\tmimir\nNSpid:\t4711\t42\t7\nVmRSS:\t1 kB\n')).toEqual({
      hostPid: 4711,
      pid: 42,
    });
  });

  it('a process of the host alone has no number in the simulator', () => {
    expect(numbersOf('Name:\tsh\nNSpid:\t4711\n')).toBeUndefined();
  });

  it('a process that has gone has no children and takes no signal', async () => {
    const child = spawn('true');
    const pid = child.pid ?? 0;
    expect(childrenOf(process.pid)).toContain(pid);
    await new Promise((resolve) => child.once('close', resolve));
    expect(childrenOf(pid)).toEqual([]);
    expect(signalProcess(pid, 'SIGTERM')).toBe(false);
  });
});
