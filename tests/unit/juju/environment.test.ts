import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/juju/environment.ts';
import { everyHook, inHook } from './variables.ts';

describe("Juju's environment", () => {
  test('is parsed into fields', () => {
    const variables = { ...everyHook, JUJU_DISPATCH_PATH: 'hooks/start', JUJU_HOOK_NAME: 'start' };
    expect(readEnvironment(variables, '/charm')).toStrictEqual({
      unitName: 'mimir/0',
      appName: 'mimir',
      modelName: 'cos',
      modelUuid: '7d0b5d0e-6a0e-4a3a-8f5e-0a1b2c3d4e5f',
      charmDir: '/var/lib/juju/agents/unit-mimir-0/charm',
      contextId: 'mimir/0-config-changed-0123456789abcdef0123456789abcdef',
      agentSocket: { network: 'unix', address: '/var/lib/juju/agents/unit-mimir-0/agent.socket' },
      jujuVersion: '3.6.8',
      apiAddresses: ['10.1.2.3:17070', 'controller-service.controller-k8s.svc.cluster.local:17070'],
      proxies: { http: undefined, https: undefined, noProxy: undefined },
      path: '/var/lib/juju/tools/unit-mimir-0:/usr/bin:/charm/bin',
      cwd: '/charm',
      dispatch: {
        path: 'hooks/start',
        hookName: 'start',
        relation: undefined,
        notice: undefined,
        checkName: undefined,
        secret: undefined,
        storage: undefined,
        actionId: undefined,
      },
    });
  });

  test('is frozen all the way down', () => {
    const environment = inHook('start');
    expect(Object.isFrozen(environment)).toBe(true);
    expect(Object.isFrozen(environment.apiAddresses)).toBe(true);
    expect(Object.isFrozen(environment.dispatch)).toBe(true);
  });

  test('has the proxies of the model', () => {
    const variables = { JUJU_CHARM_HTTP_PROXY: 'http://proxy:3128', JUJU_CHARM_NO_PROXY: '.svc,10.0.0.0/8' };
    expect(inHook('start', variables).proxies).toStrictEqual({
      http: 'http://proxy:3128',
      https: undefined,
      noProxy: '.svc,10.0.0.0/8',
    });
  });

  test.each(['JUJU_UNIT_NAME', 'JUJU_MODEL_NAME', 'JUJU_MODEL_UUID', 'JUJU_CHARM_DIR', 'JUJU_CONTEXT_ID'])(
    'is refused without %s, or with an empty one',
    (name) => {
      const message = `cannot read Juju's environment: ${name} is not set`;
      expect(() => readEnvironment({ ...everyHook, [name]: undefined }, '/')).toThrow(message);
      expect(() => readEnvironment({ ...everyHook, [name]: '' }, '/')).toThrow(message);
    },
  );

  test('may lack a version and an agent socket', () => {
    const variables = { ...everyHook, JUJU_VERSION: undefined, JUJU_AGENT_SOCKET_ADDRESS: '' };
    const environment = readEnvironment(variables, '/');
    expect(environment.jujuVersion).toBeUndefined();
    expect(environment.agentSocket).toBeUndefined();
  });

  test('is refused if a relation id or a revision is not a number', () => {
    expect(() => inHook('start', { JUJU_RELATION_ID: 'db:x' })).toThrow(
      'cannot read Juju\'s environment: JUJU_RELATION_ID is "x", which is not a number',
    );
    expect(() => inHook('start', { JUJU_SECRET_ID: 'secret:a', JUJU_SECRET_REVISION: 'latest' })).toThrow(
      'JUJU_SECRET_REVISION is "latest"',
    );
  });

  test('takes the digits after the last colon for the relation id', () => {
    expect(inHook('start', { JUJU_RELATION_ID: 'a:b:12' }).dispatch.relation?.id).toBe(12);
  });
});
