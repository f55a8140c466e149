import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import type { Architecture } from './stage.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const charmcraftFile = z.object({ base: z.templateLiteral([z.string(), '@', z.string()]) });

/** The base that the charm is made for, as charmcraft.yaml names it, in its two parts. */
export function charmBase(): { readonly name: string; readonly channel: string } {
  const file = readFileSync(join(root, 'charmcraft.yaml'), 'utf8');
  const [name = '', channel = ''] = charmcraftFile.parse(load(file)).base.split('@');
  return { name, channel };
}

/**
 * Returns manifest.yaml, which charmcraft adds when it packs, with all of charmcraft's keys. Juju reads `bases` alone.
 * `analysis` is what `charmcraft analyze` says of this charm. The rest says that charmcraft was not there.
 */
export function renderManifest(architecture: Architecture): string {
  const note =
    '# Made by "npm run pack" of mimir-k8s, without charmcraft. Releases are packed by charmcraft.\n';
  const manifest = {
    'charmcraft-version': 'none',
    // The same tree gives the same bytes, so there is no clock.
    'charmcraft-started-at': '2000-01-01T00:00:00',
    bases: [{ ...charmBase(), architectures: [architecture] }],
    analysis: {
      attributes: [
        { name: 'language', result: 'unknown' },
        { name: 'framework', result: 'unknown' },
      ],
    },
  };
  return note + dump(manifest);
}
