import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSpawnTransport } from '../../../../src/juju/transport/spawn.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spawn-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['ENOENT', '#!/nonexistent/interpreter\n', 'hunter2'],
  ['E2BIG', '#!/bin/sh\n', 'hunter2'.repeat(30_000)],
  ['ERR_INVALID_ARG_VALUE', '#!/bin/sh\n', 'hunter2\0'],
])(
  'a tool that cannot be started (%s) is an error without its arguments',
  async (code, program, password) => {
    await writeFile(join(folder, 'action-set'), program, { mode: 0o755 });
    const transport = createSpawnTransport({ path: folder, variables: {}, cwd: folder });
    const error: unknown = await transport
      .call({ tool: 'action-set', args: [`password=${password}`] })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'TransportError',
      mayHaveRun: false,
      message: `cannot run action-set: it could not be started: ${code}`,
    });
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2');
  },
);
