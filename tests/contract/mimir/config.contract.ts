import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRefusal, parseVersion, versionCommand } from '../../../src/mimir/command.ts';
import { deployments } from '../../unit/mimir/deployments.ts';
import { runMimir, validate } from './running-mimir.ts';

const golden = (name: string) => new URL(`../../unit/mimir/golden/${name}.yaml`, import.meta.url).pathname;

test.each(Object.keys(deployments))('the real Mimir accepts golden/%s.yaml', async (name) => {
  const { code, output } = await validate(golden(name));
  expect(output).toContain('alertmanager');
  expect(code).toBe(0);
});

describe('a mistake is refused, and the reason is read', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mimir-config-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each([
    { right: 'querier:', wrong: 'querrier:', reason: 'field querrier not found in type mimir.Config' },
    { right: 'retention_period: 24h', wrong: 'retention_period: 1d', reason: '`1d` into time.Duration' },
    { right: 'prefix: blocks', wrong: 'prefix: rules', reason: 'the configured blocks storage' },
  ])('$wrong', async ({ right, wrong, reason }) => {
    const file = join(folder, 'mimir.yaml');
    writeFileSync(file, readFileSync(golden('one-unit'), 'utf8').replace(right, wrong));
    const { code, output } = await validate(file);
    expect(code).toBe(1);
    expect(parseRefusal(output)).toMatch(/^(yaml|the)/);
    expect(parseRefusal(output)).toContain(reason);
    expect(parseRefusal(output)).not.toContain('\n');
    expect(parseRefusal(output)).not.toContain(file);
  });
});

test('the binary prints its version as we read it', async () => {
  const { code, output } = await runMimir(versionCommand);
  expect(code).toBe(0);
  expect(output).toMatch(/^Mimir, version \S+ \(/);
  expect(parseVersion(output) ?? 'unknown').toMatch(/^(unknown|\d+\.\d+\.\S+)$/);
});
