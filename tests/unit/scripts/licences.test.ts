import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thirdPartyLicences } from '../../../scripts/licences.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'licences-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Makes an npm package of these files, and returns the path of its code. */
function aPackage(path: string, facts: object, files: Readonly<Record<string, string>>): string {
  const folder = join(root, 'node_modules', path);
  const all = { 'package.json': JSON.stringify(facts), ...files, 'lib/index.js': '' };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return join(folder, 'lib/index.js');
}

const mit = { name: 'left', version: '1.2.3', license: 'MIT' };

describe('the licence file of the bundle', () => {
  test('has each package once, by name, with version, licence and the text of it', () => {
    const left = aPackage('left', mit, { LICENSE: 'Copyright (c) Left\r\nDo as you like.\n' });
    const scoped = { name: '@a/right', version: '4.0.0', license: 'Apache-2.0' };
    const right = aPackage('@a/right', scoped, { 'LICENCE.md': 'Apache', NOTICE: 'Made by A', 'a.js': '' });
    const line = '-'.repeat(80);
    const text = thirdPartyLicences([left, join(root, 'src/main.ts'), right, left]);
    expect(text.split(`\n${line}\n`).slice(1)).toEqual([
      '@a/right 4.0.0\nLicence: Apache-2.0\n\nApache\n\nMade by A\n',
      'left 1.2.3\nLicence: MIT\n\nCopyright (c) Left\nDo as you like.\n',
    ]);
    expect(thirdPartyLicences([right, left])).toBe(text);
  });

  test('tells apart two versions of a package, one of them within another package', () => {
    const outer = aPackage('left', mit, { LICENSE: 'x' });
    const inner = aPackage('right/node_modules/left', { ...mit, version: '0.9.0' }, { LICENSE: 'x' });
    const titles = thirdPartyLicences([outer, inner]).match(/^left .*$/gm);
    expect(titles).toEqual(['left 0.9.0', 'left 1.2.3']);
  });

  test.each([
    ['AGPL-3.0-only', 'its licence is "AGPL-3.0-only", not one of'],
    [undefined, 'it names no licence, not one of'],
    ['MIT OR GPL-3.0', 'its licence is "MIT OR GPL-3.0", not one of'],
  ])('is refused for a package with the licence %j', (license, reason) => {
    const code = aPackage('left', { ...mit, license }, { LICENSE: 'x' });
    expect(() => thirdPartyLicences([code])).toThrow(`cannot ship left 1.2.3 in the charm: ${reason}`);
  });

  test('has the text that we keep of a package that names its licence in its code only', () => {
    const code = aPackage('xz-decompress', { ...mit, name: 'xz-decompress' }, {});
    expect(thirdPartyLicences([code])).toMatch(/^Based on xzwasm \(c\) Steve Sanderson/m);
  });

  test('is refused for a package without the text of its licence', () => {
    const code = aPackage('left', mit, { NOTICE: 'x' });
    expect(() => thirdPartyLicences([code])).toThrow(
      'left 1.2.3 in the charm: the package has no licence text',
    );
  });
});
