import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';
import { eventually } from '../support/simulation.ts';

let juju: LocalJuju;

beforeEach(async () => {
  juju = await startLocalJuju();
  await juju.deploy({ units: 2 });
  await juju.idle();
});

afterEach(async () => {
  await juju.close();
  expect(juju.failures).toEqual([]);
});

const script = (text: string) =>
  juju.request({ command: 'config', application: 'recorder', set: { script: text } });
const setLeader = (unit: string) => juju.request({ command: 'set-leader', unit });
const status = async (unit: string) => (await juju.unit(unit))['workload-status'];
const failed = (unit: string) =>
  eventually(`an error of ${unit}`, async () =>
    (await status(unit)).current === 'error' ? true : undefined,
  );

test('the new leader is told and shown, and the old one is not', async () => {
  const before = (await juju.hooks('recorder/0')).length;
  await setLeader('recorder/1');
  await juju.idle();
  expect((await juju.hooks('recorder/1')).at(-1)).toBe('leader-elected');
  expect(await juju.hooks('recorder/0')).toHaveLength(before);
  expect((await juju.unit('recorder/1')).leader).toBe(true);
  expect((await juju.unit('recorder/0')).leader).toBe(false);
});

test('a leader changed in the middle of a hook fails that hook’s commit, and the hook is run again', async () => {
  const wait = 'while [ ! -e "$CHARM_DIR/go" ]; do sleep 0.02; done';
  const write = 'relation-set --app -r friends:0 by=$JUJU_UNIT_NAME';
  const lines = [
    '[ "$JUJU_UNIT_NAME" = recorder/0 ] || exit 0',
    'if [ "$(is-leader)" = True ]; then',
    `  ${write}; juju-log written; ${wait}; juju-log "then $(is-leader)"`,
    'else juju-log "not the leader"; fi',
  ];
  await script(lines.join('\n'));
  await eventually('the write', async () => ((await juju.log('written')).length > 0 ? true : undefined));
  await setLeader('recorder/1');
  const argv = ['/bin/sh', '-c', 'touch "$CHARM_DIR/go"'];
  juju.cluster.exec({
    ...{ pod: 'recorder-0', container: 'charm', argv, workingDirectory: '/' },
    environment: { CHARM_DIR: '/var/lib/juju/agents/unit-recorder-0/charm', PATH: '/usr/bin:/bin' },
  });
  await juju.idle();
  expect(await juju.log('then False')).toHaveLength(1);
  expect(await juju.log('"recorder/0" is not leader of "recorder"')).toHaveLength(1);
  expect((await juju.log('not the leader')).filter((line) => line.includes('juju-log'))).not.toEqual([]);
  const unit = await juju.request({ command: 'show-unit', unit: 'recorder/1' });
  expect(JSON.stringify(unit)).toContain('"local-application-data":{}');
});

test('a resolved unit runs its failed hook at once', async () => {
  await script('test "$JUJU_HOOK_NAME" != update-status || test -e "$CHARM_DIR/healed"');
  await juju.idle();
  await juju.request({ command: 'fire', unit: 'recorder/0', hook: 'update-status' });
  await failed('recorder/0');
  const argv = ['/bin/sh', '-c', 'touch "$CHARM_DIR/healed"; exit 0'];
  await juju.request({ command: 'exec', unit: 'recorder/0', argv });
  await juju.request({ command: 'resolved', unit: 'recorder/0' }).catch((error: unknown) => {
    // The retry of its own may have come first, which heals as well.
    expect(String(error)).toContain('is not in an error state');
  });
  await juju.idle();
  expect((await juju.hooks('recorder/0')).at(-1)).toBe('update-status');
});

test('a unit resolved without a retry goes on with the next hook', async () => {
  await script('test "$JUJU_HOOK_NAME" != config-changed');
  await failed('recorder/0');
  await failed('recorder/1');
  for (const unit of ['recorder/0', 'recorder/1']) {
    await eventually(`${unit} resolved`, () =>
      juju.request({ command: 'resolved', unit, retry: false }).then(
        () => true,
        // It runs its hook once more just now.
        () => undefined,
      ),
    );
  }
  await juju.idle();
  expect((await status('recorder/0')).current).toBe('active');
  await expect(juju.request({ command: 'resolved', unit: 'recorder/0' })).rejects.toThrow(
    'unit "recorder/0" is not in an error state',
  );
});
