import type { Charm } from './charm.ts';
import { JujuError } from './errors.ts';

/** Powers of 1024, in MiB (Juju: storage/constraints.go). */
const multipliers = ['M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;
const size = new RegExp(`^(\\d+(?:\\.\\d+)?)([${multipliers.join('')}])(?:i?B)?$`);
const pool = /^[a-zA-Z]+(-[a-zA-Z0-9]+|[a-zA-Z0-9])*$/;

/**
 * Sizes in MiB by storage of what is written after `juju deploy --storage`: `[POOL,][COUNT,][SIZE]`. A storage without a
 * size is as large as the disk is; the pool means nothing here, and the count is 1.
 */
export function parseStorage(
  charm: Charm,
  directives: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const [name, directive] of Object.entries(directives)) {
    if (charm.storage[name] === undefined)
      throw new JujuError(`charm "${charm.name}" has no store called "${name}"`);
    for (const field of directive.split(',').filter(Boolean)) {
      const found = size.exec(field);
      if (found !== null)
        sizes[name] = Math.ceil(Number(found[1]) * 1024 ** multipliers.findIndex((m) => m === found[2]));
      else if (!pool.test(field) && field !== '1') throw unknownField(name, field);
    }
    if (sizes[name] === 0) throw unknownField(name, directive);
  }
  return sizes;
}

function unknownField(name: string, field: string): JujuError {
  return new JujuError(
    `cannot parse storage "${name}": "${field}" is neither a pool, a count of 1, nor a size such as 64M or 1G`,
  );
}
