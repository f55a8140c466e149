import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  findPythonFor,
  installPackage,
  type PythonPackage,
  runPackage,
} from '../../../scripts/python-package.ts';
import { root } from '../../support/simulation.ts';

const charmlint: PythonPackage = { name: 'charmlint', version: '0.3.0', minor: 12 };
const python = findPythonFor(charmlint);
const report = z.object({
  errors: z.int(),
  diagnostics: z.array(z.object({ rule_id: z.string(), message: z.string() })),
});

/** The rules in the page's table. */
function listedRules(): readonly string[] {
  const page = readFileSync(join(root, 'docs/reference/charmlint.md'), 'utf8');
  return [...page.matchAll(/^\| `([A-Z]+-\d+)`/gm)].map(([, rule = '']) => rule);
}

describe.skipIf(python === undefined)('charmlint (needs python3.12 or newer with pip)', () => {
  beforeAll(() => {
    installPackage(python ?? '', charmlint);
  }, 120_000);

  test('finds what docs/reference/charmlint.md lists with a reason, no more and no less', () => {
    const { stdout, stderr } = runPackage(python ?? '', charmlint, {
      args: ['--format', 'json', '.'],
      cwd: root,
    });
    expect(stdout, stderr).not.toBe('');
    const { errors, diagnostics } = report.parse(JSON.parse(stdout));
    expect(errors).toBe(0);
    expect([...new Set(diagnostics.map(({ rule_id: rule }) => rule))].toSorted()).toEqual(listedRules());
    const listed = readFileSync(join(root, 'docs/reference/charmlint.md'), 'utf8');
    expect(listed).toContain(`## charmlint ${charmlint.version}\n`);
  });
});
