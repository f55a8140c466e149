import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { speaksTls, tlsTargetOf } from '../../../src/mimir/config/tls.ts';
import type { S3Store } from '../../../src/mimir/config/deployment.ts';
import { renderConfig } from '../../../src/mimir/config/render.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { deployments, oneUnit, s3 } from './deployments.ts';

const serverName = 'mimir-k8s.cos.svc.cluster.local';
const overTls = Object.entries(deployments).filter(([, { tls }]) => tls !== undefined);

describe('how Mimir speaks, by its configuration', () => {
  test.each(Object.entries(deployments))('is told of %s', (_name, deployment) => {
    expect(speaksTls(renderConfig(deployment))).toBe(deployment.tls !== undefined);
  });

  test('is in clear if there is none', () => {
    expect(speaksTls(undefined)).toBe(false);
    expect(speaksTls('')).toBe(false);
  });

  test('is not told by what only looks like it', () => {
    expect(speaksTls('# http_tls_config:\nhttp_tls_config:\n')).toBe(false);
    expect(speaksTls('server:\n  http_tls_config: {}\n')).toBe(false);
  });

  test('does not depend on texts that others choose', () => {
    const text = fc.oneof(
      hostileText,
      fc.constantFrom('\n  http_tls_config:\n', 'x\n tls_server_name: evil\n'),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (secret, isTls) => {
        const store: S3Store = { ...s3, secretKey: { reveal: () => secret } };
        const tls = isTls ? { serverName } : undefined;
        const config = renderConfig({ ...oneUnit, store, tls });
        expect(speaksTls(config)).toBe(isTls);
        expect(tlsTargetOf(config, 'an authority')?.serverName).toBe(tls?.serverName);
      }),
    );
  });
});

describe('how clients know Mimir', () => {
  test('is not at all in clear, whatever files are left', () => {
    expect(tlsTargetOf(renderConfig(oneUnit), 'an authority')).toBeUndefined();
    expect(tlsTargetOf(undefined, 'an authority')).toBeUndefined();
  });

  test.each(overTls)(
    'is by the authority beside it, and the name that every unit answers to (%s)',
    (_name, deployment) => {
      expect(tlsTargetOf(renderConfig(deployment), 'an authority')).toEqual({
        ca: 'an authority',
        serverName,
      });
    },
  );

  test('is by no authority if the file is gone, rather than by those of the machine', () => {
    const [, deployment = oneUnit] = overTls[0] ?? [];
    expect(tlsTargetOf(renderConfig(deployment), undefined)).toEqual({ ca: '', serverName });
  });
});
