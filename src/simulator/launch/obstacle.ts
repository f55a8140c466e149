/** What the kernel and the host say about namespaces when making them failed. */
export interface HostFacts {
  /** Standard error of the attempt. */
  readonly stderr: string;
  readonly isRoot: boolean;
  /** Values of the kernel settings that forbid namespaces; absent ones do not exist on this host. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Kernel settings that forbid namespaces to users: the value that forbids, whose doing it is, and what allows it. */
const settings = [
  { name: 'kernel.apparmor_restrict_unprivileged_userns', forbids: '1', allows: '0', who: 'AppArmor' },
  { name: 'kernel.unprivileged_userns_clone', forbids: '0', allows: '1', who: 'the kernel' },
  { name: 'user.max_user_namespaces', forbids: '0', allows: '15000', who: 'the kernel' },
] as const;

/** Names of the settings that {@link explainObstacle} wants to know. */
export const settingNames: readonly string[] = settings.map(({ name }) => name);

/** Why namespaces cannot be made here, as one sentence with the cure. */
export function explainObstacle({ stderr, isRoot, settings: values }: HostFacts): string {
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  if (/Unknown device type|Operation not supported/.test(reason)) {
    return `The kernel has no bridge or veth links (${reason}): load them with 'sudo modprobe -a bridge veth'.`;
  }
  if (isRoot) {
    return `Root may not make namespaces here (${reason}): in a container, start it with --privileged.`;
  }
  const forbidding = settings.find(({ name, forbids }) => values[name] === forbids);
  if (forbidding === undefined) {
    return `This user may not make namespaces here (${reason}): run the command as root, with sudo; in a container, start it with --privileged.`;
  }
  const { who, name, allows } = forbidding;
  return `${who} forbids user namespaces: allow them with 'sudo sysctl -w ${name}=${allows}', or run the command as root, with sudo.`.replace(
    /^./,
    (letter) => letter.toUpperCase(),
  );
}
