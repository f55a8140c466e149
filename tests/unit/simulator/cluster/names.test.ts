import { describe, expect, it } from 'vitest';
import { nameRecords, resolveName } from '../../../../src/simulator/cluster/names.ts';

const records = nameRecords({
  model: 'm',
  pods: [
    { name: 'app-0', application: 'app', address: '10.1.0.2' },
    { name: 'app-1', application: 'app', address: '10.1.0.3' },
    { name: 'db-0', application: 'db', address: '10.1.0.4' },
  ],
  services: [{ application: 'app', address: '10.152.183.11' }],
});

describe('names of the cluster', () => {
  it('a Service, its headless twin and each pod have a name', () => {
    expect(Object.fromEntries(records)).toEqual({
      'app.m.svc.cluster.local': ['10.152.183.11'],
      'app-endpoints.m.svc.cluster.local': ['10.1.0.2', '10.1.0.3'],
      'app-0.app-endpoints.m.svc.cluster.local': ['10.1.0.2'],
      'app-1.app-endpoints.m.svc.cluster.local': ['10.1.0.3'],
      'db-endpoints.m.svc.cluster.local': ['10.1.0.4'],
      'db-0.db-endpoints.m.svc.cluster.local': ['10.1.0.4'],
    });
  });

  it.each([
    ['app', ['10.152.183.11']],
    ['APP.m', ['10.152.183.11']],
    ['app.m.svc', ['10.152.183.11']],
    ['app.m.svc.cluster.local.', ['10.152.183.11']],
    ['app-1.app-endpoints', ['10.1.0.3']],
    ['db', undefined],
    ['app-0', undefined],
  ])('%s is completed as the search domains of resolv.conf say', (name, addresses) => {
    expect(resolveName(records, name, 'm')).toEqual(addresses);
  });
});
