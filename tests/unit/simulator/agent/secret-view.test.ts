import { describe, expect, test } from 'vitest';
import type { PendingChanges } from '../../../../src/simulator/agent/hook-context.ts';
import { keepChange } from '../../../../src/simulator/agent/tools/secret-view.ts';
import type { SecretChange } from '../../../../src/simulator/model/secret-changes.ts';

const [id, other] = ['9m4e2mr0ui3e8a215n4g', 'd3f93e9fc4voao4vihgg'] as const;
const set = { kind: 'set', id, fields: { content: { key: 'value' } } } as const satisfies SecretChange;
const expire = {
  kind: 'set',
  id,
  fields: { expires: '2026-11-25T12:00:00Z' },
} as const satisfies SecretChange;
const remove = (revision: number): SecretChange => ({ kind: 'remove', id, revision });

/** What is left of these at the hook's end. */
function kept(...changes: readonly SecretChange[]): readonly SecretChange[] {
  const pending: PendingChanges = {
    bags: new Map(),
    openPorts: new Set(),
    closePorts: new Set(),
    secrets: [],
    charmState: undefined,
  };
  for (const change of changes) keepChange({ pending }, change);
  return pending.secrets;
}

describe('what one hook says of a secret', () => {
  test('in several calls becomes one change', () => {
    const both = { kind: 'set', id, fields: { ...set.fields, ...expire.fields } };
    expect(kept(set, expire)).toEqual([both]);
    expect(kept(remove(1), remove(2))).toEqual([remove(1), remove(2)]);
  });

  test('is forgotten when a revision is removed after it, whichever that is', () => {
    expect(kept(set, remove(1))).toEqual([remove(1)]);
  });

  test('has nothing removed if it is set after that', () => {
    expect(kept(remove(1), set)).toEqual([set]);
  });

  test('is no matter of another', () => {
    expect(kept(set, { ...remove(1), id: other })).toEqual([set, { ...remove(1), id: other }]);
  });

  test('goes with the secret that was made in it', () => {
    const add: SecretChange = { kind: 'add', id, owner: 'mimir-k8s/0', fields: {} };
    expect(kept(add, { kind: 'remove', id })).toEqual([add, { kind: 'remove', id }]);
  });
});
