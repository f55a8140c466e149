import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { actions } from '../../src/charm/actions/run-action.ts';
import { containerName, endpoints, options, storage } from '../../src/charm/declared.ts';
import { paths } from '../../src/mimir/paths.ts';

function read<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(load(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')));
}

const endpoint = z.object({ interface: z.string() });
const metadata = read(
  'metadata.yaml',
  z.strictObject({
    name: z.literal('mimir-k8s'),
    'display-name': z.string(),
    summary: z.string(),
    description: z.string(),
    website: z.url(),
    assumes: z.array(z.string()),
    'charm-user': z.enum(['root', 'sudoer', 'non-root']),
    containers: z.record(
      z.string(),
      z.object({ mounts: z.array(z.object({ storage: z.string(), location: z.string() })) }),
    ),
    resources: z.record(z.string(), z.object({ type: z.literal('oci-image') })),
    storage: z.record(z.string(), z.object({ type: z.literal('filesystem') })),
    peers: z.record(z.string(), endpoint),
    provides: z.record(z.string(), endpoint.extend({ optional: z.boolean() })),
    requires: z.record(z.string(), endpoint.extend({ optional: z.boolean() })),
  }),
);

/** Keys of metadata.yaml, and where charmcraft.yaml, which charmcraft alone reads, says the same. */
const links = { docs: 'documentation', issues: 'issues', source: 'source', website: 'website' };

test('charmcraft.yaml and metadata.yaml tell Charmhub and Juju the same', () => {
  const charmcraft = read(
    'charmcraft.yaml',
    z.looseObject({ title: z.string(), links: z.record(z.string(), z.url()) }),
  );
  const told = Object.entries(links).flatMap(([key, link]) => {
    const value = new Map<string, unknown>(Object.entries(metadata)).get(key);
    return value === undefined ? [] : [[link, value]];
  });
  expect(charmcraft.title).toBe(metadata['display-name']);
  expect(charmcraft.links).toEqual(Object.fromEntries(told));
});

test('the icon is a plain drawing of the size that Charmhub asks for', () => {
  const icon = readFileSync(new URL('../../icon.svg', import.meta.url), 'utf8');
  expect(icon).toMatch(/^<svg xmlns="[^"]*" width="100" height="100" viewBox="0 0 100 100">/);
  expect(icon).not.toMatch(/<(image|script|foreignObject|use|style)|href/);
});

describe('what the charm declares is what the code does', () => {
  test('endpoints, with role and interface', () => {
    const declared = (['peers', 'provides', 'requires'] as const).flatMap((role) =>
      Object.entries(metadata[role]).map(([name, { interface: name_ }]) => [
        name,
        { role, interface: name_ },
      ]),
    );
    expect(Object.fromEntries(declared)).toEqual(endpoints);
  });

  test('options, with type and default', () => {
    const option = z.object({
      type: z.string(),
      default: z.optional(z.unknown()),
      description: z.string().min(20),
    });
    const { options: declared } = read('config.yaml', z.object({ options: z.record(z.string(), option) }));
    const compared = Object.entries(declared).map(([name, { type, default: value }]) => [
      name,
      { type, default: value },
    ]);
    expect(Object.fromEntries(compared)).toEqual(options);
  });

  test('actions, each with a module, whose schema takes what actions.yaml allows', async () => {
    const action = z.object({ description: z.string().min(20), additionalProperties: z.literal(false) });
    const declared = read('actions.yaml', z.record(z.string(), action));
    expect(Object.keys(declared)).toEqual(Object.keys(actions));
    for (const load of Object.values(actions)) expect((await load()).params.safeParse({}).success).toBe(true);
  });

  test('the container, its image and its storage', () => {
    expect(Object.keys(metadata.containers)).toEqual([containerName]);
    expect(Object.keys(metadata.storage)).toEqual([storage.name]);
    expect(metadata.containers[containerName]?.mounts).toEqual([
      { storage: storage.name, location: storage.location },
    ]);
    expect(Object.keys(metadata.resources)).toEqual([`${containerName}-image`]);
    expect(paths.dataDir).toBe(storage.location);
  });
});
