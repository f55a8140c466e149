import { describe, expect, it } from 'vitest';
import { podAddressAt, serviceAddressAt } from '../../../../src/simulator/cluster/network.ts';
import { choosePrivateFolder, mountPrivateFolder } from '../../../../src/simulator/cluster/private-folder.ts';
import { restartDelay } from '../../../../src/simulator/cluster/supervised-container.ts';

describe('addresses', () => {
  it('pods begin after the gateway and go on through the third byte', () => {
    expect([0, 253, 254].map(podAddressAt)).toEqual(['10.1.0.2', '10.1.0.255', '10.1.1.0']);
    expect(() => podAddressAt(0xffff)).toThrow('10.1.0.0/16 is used up');
  });

  it('Services begin after the name server', () => {
    expect(serviceAddressAt(0)).toBe('10.152.183.11');
    expect(() => serviceAddressAt(244)).toThrow('10.152.183.0/24 is used up');
  });
});

describe('restarts', () => {
  it('the first is at once, the next wait 10 s and twice as long each time, up to 5 minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(restartDelay);
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });
});

describe('the private folder', () => {
  it('is one that holds nothing that is needed', () => {
    const all = () => true;
    expect(choosePrivateFolder(['/home/me/repo'], all)).toBe('/mnt');
    expect(choosePrivateFolder(['/mnt/c/repo', '/media'], all)).toBe('/srv');
    expect(choosePrivateFolder(['/mntx/repo'], all)).toBe('/mnt');
    expect(choosePrivateFolder([], (folder) => folder === '/opt')).toBe('/opt');
    expect(() => choosePrivateFolder([], () => false)).toThrow('/mnt, /media, /srv, /opt are all in use');
  });

  it('is never mounted outside of the simulator’s namespaces', async () => {
    await expect(mountPrivateFolder([])).rejects.toThrow('was not started by launchSimulator');
  });
});
