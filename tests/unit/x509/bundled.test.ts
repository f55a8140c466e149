import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { lateModules } from '../../../scripts/late-modules.ts';
import { captured } from './captured-certificates.ts';

/** Uses the room as the charm does, with a certificate as its argument, and prints what came of it. */
const story = `
import { createKey, createRequest, isForKey, readRequest } from './src/x509/certificate-request.ts';
import { inspectCertificate } from './src/x509/certificate.ts';

async function run(certificate) {
  const atStart = process.moduleLoadList.filter((name) => name.includes('crypto/x509'));
  const privateKey = await createKey();
  const request = await readRequest(await createRequest({ privateKey, commonName: 'm', dnsNames: ['a.b'] }));
  const inspection = inspectCertificate({ certificate, privateKey, names: ['other'], now: new Date(0) });
  console.log(JSON.stringify({ atStart, request, forKey: isForKey(request.value, privateKey), inspection }));
}

run(process.argv[2]);
`;

test('in a bundle the room does the same, and has nothing loaded before it is used', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'x509-bundle-'));
  try {
    const outfile = join(folder, 'bundle.cjs');
    await build({
      stdin: { contents: story, resolveDir: join(import.meta.dirname, '../../..') },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      plugins: [lateModules],
    });
    const certificate = captured[0]?.certificate ?? '';
    const told: unknown = JSON.parse(
      execFileSync(process.execPath, [outfile, certificate], { encoding: 'utf8' }),
    );
    expect(told).toMatchObject({
      atStart: [],
      request: { ok: true, value: { commonName: 'm', dnsNames: ['a.b'] } },
      forKey: true,
      inspection: { ok: true, value: { validity: 'not-yet-valid', matchesKey: false, uncovered: ['other'] } },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
