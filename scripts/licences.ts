import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { z } from 'zod';

/** Licences that let us ship a package inside of an Apache-2.0 charm with no more than their own text. */
const permissive = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const packageFile = z.object({ name: z.string(), version: z.string(), license: z.unknown().optional() });
const licenceName = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;
const noticeName = /^notice/i;

/** Licences of packages that name theirs, and notices of copyright, in their code only: `<name>.txt`. */
const ownTexts = join(import.meta.dirname, 'licences');

/** The licence of Go's standard library, which some packages of Go come without (Debian's). */
export const goLicence = join(ownTexts, 'go.txt');

/**
 * Returns the licence file of everything that a bundle holds of others: each npm package that one of its `inputs`
 * (absolute paths) is from, with version, licence and the licence's text, sorted. Throws if a package may not be
 * shipped.
 */
export function thirdPartyLicences(inputs: readonly string[]): string {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const parts = [...folders].map(describePackage).toSorted((a, b) => (a < b ? -1 : 1));
  const head =
    'bundle.cjs holds parts of the npm packages below, each under its own licence.\n' +
    'The licences of Node.js (bin/node) and of all that is in it are in LICENSE.node.\n' +
    'The licence of what bin/probe holds of Go is in LICENSE.go.\n';
  return [head, ...parts].join(`\n${'-'.repeat(80)}\n`);
}

/** The folder of the npm package that a file is from; undefined for our own files. */
function packageFolder(file: string): string | undefined {
  const parts = file.split(sep);
  const index = parts.lastIndexOf('node_modules');
  if (index < 0) return undefined;
  const names = parts[index + 1]?.startsWith('@') ? 2 : 1;
  return parts.slice(0, index + 1 + names).join(sep);
}

function describePackage(folder: string): string {
  const { name, version, license } = packageFile.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const title = `${name} ${version}`;
  if (typeof license !== 'string' || !permissive.includes(license)) {
    const found = license === undefined ? 'it names no licence' : `its licence is ${JSON.stringify(license)}`;
    throw new Error(`cannot ship ${title} in the charm: ${found}, not one of ${permissive.join(', ')}`);
  }
  const files = readdirSync(folder)
    .filter((file) => licenceName.test(file))
    .toSorted();
  const paths = files.map((file) => join(folder, file));
  const ownText = join(ownTexts, `${name}.txt`);
  if (files.every((file) => noticeName.test(file))) {
    if (!existsSync(ownText))
      throw new Error(`cannot ship ${title} in the charm: the package has no licence text`);
    paths.unshift(ownText);
  }
  const texts = paths.map((path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim());
  return `${title}\nLicence: ${license}\n\n${texts.join('\n\n')}\n`;
}
