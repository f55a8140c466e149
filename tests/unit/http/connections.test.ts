import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createConnections } from '../../../src/http/connections.ts';
import { credentialsFor, listenSecurely, privateAuthority } from '../../support/private-authority.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test('an authority is taken at its word, be it one that another has signed', async () => {
  const middle = await privateAuthority(await privateAuthority());
  const { server, url } = await listenSecurely(await credentialsFor(middle, ['mimir']), () => undefined);
  ends.push(() => server.close());
  const tls = { ca: middle.certificate, serverName: 'mimir' };
  const connections = createConnections({ host: '127.0.0.1', port: Number(new URL(url).port), tls });
  ends.push(() => {
    connections.close();
  });
  await expect(once(connections.take(), 'secureConnect')).resolves.toEqual([]);
});
