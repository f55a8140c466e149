import { describe, expect, test } from 'vitest';
import { tlsSpokenIn } from '../../../src/charm/observe-workload.ts';
import { paths } from '../../../src/mimir/paths.ts';
import { renderConfig } from '../../../src/mimir/config/render.ts';
import { oneUnit } from '../mimir/deployments.ts';

const serverName = 'mimir-k8s.cos.svc.cluster.local';
const { ca } = paths.tlsFiles;

describe('how the Mimir of a container is known, by its files', () => {
  test('is by the authority of its own certificate, not by others that it trusts', () => {
    const config = renderConfig({ ...oneUnit, tls: { serverName } });
    const files = new Map([
      [paths.config, config],
      [ca, 'its own'],
      [paths.trustedCa, 'others'],
      [paths.storeCa, 'the bucket'],
    ]);
    expect(tlsSpokenIn(files)).toEqual({ ca: 'its own', serverName });
  });

  test('is in clear as long as its configuration says so, also with files for TLS beside it', () => {
    const files = new Map([
      [paths.config, renderConfig(oneUnit)],
      [ca, 'its own'],
    ]);
    expect(tlsSpokenIn(files)).toBeUndefined();
  });

  test('is in clear before there is any', () => {
    expect(tlsSpokenIn(new Map([[paths.config, undefined]]))).toBeUndefined();
  });
});
