import { describe, expect, it } from 'vitest';
import { jujuStatus } from '../../../../src/simulator/cli/status-schema.ts';
import { formatStatusTable } from '../../../../src/simulator/cli/status-table.ts';

const model = {
  name: 'cos',
  type: 'caas',
  controller: 'sim',
  cloud: 'juju-sim',
  region: 'localhost',
  version: '3.6.8',
  sla: 'unsupported',
};

function unit(current: string, more: object = {}) {
  return {
    'workload-status': { current },
    'juju-status': { current: 'idle' },
    address: '10.1.0.11',
    ...more,
  };
}

const twoApplications = jujuStatus.parse({
  model,
  controller: { timestamp: '12:34:56Z' },
  applications: {
    sender: {
      charm: 'remote-write-sender',
      'charm-rev': 3,
      scale: 1,
      address: '10.152.0.4',
      'application-status': { current: 'waiting', message: 'waiting for a URL over send-remote-write' },
      units: {
        'sender/0': unit('waiting', {
          leader: true,
          'workload-status': { current: 'waiting', message: 'waiting for a URL\n  over send-remote-write' },
        }),
      },
    },
    'mimir-k8s': {
      charm: 'local:mimir-k8s-12',
      'charm-name': 'mimir-k8s',
      'charm-rev': 12,
      scale: 12,
      exposed: true,
      version: '3.1.0',
      address: '10.152.0.3',
      'application-status': { current: 'active' },
      units: {
        'mimir-k8s/10': unit('maintenance', { 'juju-status': { current: 'executing' } }),
        'mimir-k8s/2': unit('active', { leader: true, 'open-ports': ['9009/tcp', '9095/tcp'] }),
      },
    },
  },
  integrations: [
    {
      provider: 'mimir-k8s:receive-remote-write',
      requirer: 'sender:send-remote-write',
      interface: 'prometheus_remote_write',
      type: 'regular',
    },
    {
      provider: 'mimir-k8s:mimir-peers',
      requirer: 'mimir-k8s:mimir-peers',
      interface: 'mimir_peers',
      type: 'peer',
    },
  ],
});

const tables = `\
Model  Controller  Cloud/Region        Version  SLA          Timestamp
cos    sim         juju-sim/localhost  3.6.8    unsupported  12:34:56Z

App        Version  Status   Scale  Charm                Channel  Rev  Address     Exposed  Message
mimir-k8s  3.1.0    active    2/12  mimir-k8s                      12  10.152.0.3  yes
sender              waiting      1  remote-write-sender             3  10.152.0.4  no       waiting for a URL over send-remote-write

Unit          Workload     Agent      Address    Ports              Message
mimir-k8s/2*  active       idle       10.1.0.11  9009/tcp,9095/tcp
mimir-k8s/10  maintenance  executing  10.1.0.11
sender/0*     waiting      idle       10.1.0.11                     waiting for a URL over send-remote-write
`;

const relations = `
Integration provider            Requirer                  Interface                Type     Message
mimir-k8s:mimir-peers           mimir-k8s:mimir-peers     mimir_peers              peer
mimir-k8s:receive-remote-write  sender:send-remote-write  prometheus_remote_write  regular
`;

describe('the status table', () => {
  it('looks as juju status prints it: aligned, units by number, the leader with a star', () => {
    expect(formatStatusTable(twoApplications)).toBe(tables);
  });

  it('ends with the relations if they are asked for', () => {
    expect(formatStatusTable(twoApplications, { relations: true })).toBe(tables + relations);
  });

  it('says that a model without applications is empty', () => {
    expect(formatStatusTable(jujuStatus.parse({ model: { ...model, region: '' } }))).toBe(
      'Model  Controller  Cloud/Region  Version  SLA          Timestamp\n' +
        'cos    sim         juju-sim      3.6.8    unsupported\n\n' +
        'Model "sim:cos" is empty.\n',
    );
  });

  it('shows the units of an application that has none yet', () => {
    const status = jujuStatus.parse({
      model,
      applications: { a: { charm: 'a', scale: 2, 'application-status': { current: 'waiting' } } },
    });
    expect(formatStatusTable(status)).toContain('waiting    0/2  a');
    expect(formatStatusTable(status)).toContain('\nUnit  Workload  Agent  Address  Ports  Message\n');
  });
});
