import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runScript } from '../support/run-script.ts';
import { root } from '../support/simulation.ts';

const page = join(root, 'docs/tutorial/walk.md');

/** A block of commands, and the texts that must come out of it in their order. */
interface Step {
  readonly heading: string;
  readonly commands: string;
  readonly expected: readonly string[];
}

function stepsOf(text: string): readonly Step[] {
  const steps: Step[] = [];
  for (const section of text.split(/^## /m).slice(1)) {
    const heading = section.split('\n')[0] ?? '';
    const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```(?:\s*```text\n([\s\S]*?)```)?/g)];
    for (const [, commands = '', output = ''] of blocks) {
      steps.push({ heading, commands, expected: output.split('\n').filter((line) => line !== '') });
    }
  }
  return steps;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

/** Expected text as a pattern: `…` stands for anything. */
function pattern(text: string): RegExp {
  const literal = (part: string) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(text.split('…').map(literal).join('.*'));
}

test('the walk of the tutorial works, line by line, on real Mimir', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'juju-sim-walk-'));
  const port = String(await freePort());
  const environment = { JUJU_SIM_DIR: folder, TMPDIR: folder };
  const steps = stepsOf(readFileSync(page, 'utf8'));
  expect(steps.length).toBeGreaterThan(8);
  try {
    for (const { heading, commands, expected } of steps) {
      // Another port than the page's, since that one may be taken here; and the charm is built already.
      const script = commands
        .replaceAll('--forward 9009:', `--forward ${port}:`)
        .replaceAll('localhost:9009', `localhost:${port}`)
        .replace('npm run build\n', '');
      const { code, output } = await runScript(script, environment);
      expect({ script, code, output }).toMatchObject({ script, code: 0 });
      for (const text of expected) expect(output, `${heading}: ${text}`).toMatch(pattern(text));
    }
  } finally {
    // The last step has ended the simulator, unless an earlier one failed.
    await runScript('npx juju-sim down', environment);
    rmSync(folder, { recursive: true, force: true });
  }
}, 400_000);
