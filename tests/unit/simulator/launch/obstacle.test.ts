import { describe, expect, it } from 'vitest';
import { explainObstacle, settingNames } from '../../../../src/simulator/launch/obstacle.ts';

const stderr = 'unshare: write failed /proc/self/uid_map: Operation not permitted\n';

describe('what forbids namespaces', () => {
  it.each([
    [
      { 'kernel.apparmor_restrict_unprivileged_userns': '1' },
      "AppArmor forbids user namespaces: allow them with 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0', or run the command as root, with sudo.",
    ],
    [
      { 'kernel.apparmor_restrict_unprivileged_userns': '0', 'kernel.unprivileged_userns_clone': '0' },
      "The kernel forbids user namespaces: allow them with 'sudo sysctl -w kernel.unprivileged_userns_clone=1', or run the command as root, with sudo.",
    ],
    [
      { 'user.max_user_namespaces': '0' },
      "The kernel forbids user namespaces: allow them with 'sudo sysctl -w user.max_user_namespaces=15000', or run the command as root, with sudo.",
    ],
  ])('%o has its exact cure', (settings, sentence) => {
    expect(explainObstacle({ stderr, isRoot: false, settings })).toBe(sentence);
    expect(settingNames).toEqual(expect.arrayContaining(Object.keys(settings)));
  });

  it('an unknown reason is shown, with the way to run as root', () => {
    const sentence = explainObstacle({ stderr, isRoot: false, settings: {} });
    expect(sentence).toContain('uid_map: Operation not permitted');
    expect(sentence).toContain('sudo');
  });

  it('root in a closed container is told to open it', () => {
    const settings = { 'kernel.apparmor_restrict_unprivileged_userns': '1' };
    expect(explainObstacle({ stderr, isRoot: true, settings })).toContain('--privileged');
  });

  it('a kernel without bridges is told which modules to load', () => {
    const sentence = explainObstacle({ stderr: 'Error: Unknown device type.', isRoot: true, settings: {} });
    expect(sentence).toContain("'sudo modprobe -a bridge veth'");
  });
});
