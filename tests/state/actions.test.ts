import { describe, expect, test } from 'vitest';
import { paths } from '../../src/mimir/paths.ts';
import { actOn, aSettledWorld, forget } from '../support/fake-ports.ts';
import { anAskingWorld, give } from '../support/fake-certificates.ts';
import { authorities } from '../support/issued-certificates.ts';

const action = 'get-config';
const results = { config: 'target: all,alertmanager\n' };

describe('an action asks the Mimir of its unit', () => {
  test('in clear while that speaks plain HTTP, also when a certificate has been asked for', async () => {
    for (const world of [await aSettledWorld(), await anAskingWorld()])
      expect(await actOn(world, action)).toEqual({ results, failure: undefined });
  });

  test('over TLS, and by the authority of its certificate, when that speaks TLS', async () => {
    const world = await anAskingWorld();
    for (const authority of authorities) {
      await give(world, { authority });
      expect(world.container.started?.config).toContain('http_tls_config');
      expect(await actOn(world, action)).toEqual({ results, failure: undefined });
    }
  });

  test('and takes no other one’s answer for its own', async () => {
    const world = await anAskingWorld();
    await give(world);
    world.container.files.set(paths.tlsFiles.ca, authorities[1].certificate);
    forget(world);
    const { failure } = await actOn(world, action);
    expect(failure).toContain('Mimir of this unit is not ready');
    expect(world.mimir.calls).toEqual([]);
  });

  test('and says so when the container is away', async () => {
    const world = await anAskingWorld();
    await give(world);
    world.container.reachable = false;
    expect((await actOn(world, action)).failure).toContain('Mimir of this unit is not ready');
  });
});
