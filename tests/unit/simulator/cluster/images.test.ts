import { describe, expect, it } from 'vitest';
import { findImage, imageRepository } from '../../../../src/simulator/cluster/images.ts';

const binaries = { pebble: '/p/pebble', mimir: '/p/mimir-build' };

describe('images', () => {
  it.each([
    ['grafana/mimir:3.0.5', 'grafana/mimir'],
    ['docker.io/grafana/mimir', 'grafana/mimir'],
    ['docker.io/grafana/mimir:3.0.5@sha256:abc', 'grafana/mimir'],
    ['registry:5000/grafana/mimir:1', 'registry:5000/grafana/mimir'],
  ])('%s is in the repository %s', (reference, repository) => {
    expect(imageRepository(reference)).toBe(repository);
  });

  it('Mimir’s image holds the given binary and neither the host’s programs nor a shell', () => {
    const image = findImage('docker.io/grafana/mimir:3.0.5', binaries);
    expect(image.binds).toEqual([{ source: '/p/mimir-build', target: '/bin/mimir' }]);
    expect(image.links).toEqual({});
    expect(Object.keys(image.files)).toContain('/etc/passwd');
  });

  it('the image for stand-ins holds this Node.js, read-only, and finds it by name', () => {
    const image = findImage('juju-sim/node', binaries);
    expect(image.binds).toContainEqual({ source: process.execPath, target: process.execPath });
    expect(image.binds.some(({ writable }) => writable)).toBe(false);
    expect(image.environment['PATH']?.split(':')[0]).toBe(process.execPath.replace(/\/node$/, ''));
  });

  it('MinIO’s image holds the given binary, and is refused while that is not built', () => {
    const image = findImage('minio/minio', { ...binaries, minio: process.execPath });
    expect(image.binds).toEqual([{ source: process.execPath, target: '/usr/bin/minio' }]);
    for (const given of [binaries, { ...binaries, minio: '/p/minio' }])
      expect(() => findImage('minio/minio', given)).toThrow(
        "cannot pull image minio/minio: MinIO is not built yet, which 'npm run binaries minio' does",
      );
  });

  it('an unknown image is refused with the known ones', () => {
    expect(() => findImage('redis:7', binaries)).toThrow(
      'redis:7": the simulator knows no image but grafana/mimir',
    );
  });
});
