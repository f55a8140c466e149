# usage: sh container-init.sh HOSTNAME ROOT ro|rw [ro|rw SOURCE TARGET]… -- COMMAND…
#
# Runs as PID 1 in a container's new mount, PID and UTS namespaces: mounts what the container sees over ROOT and
# becomes COMMAND. All mounts are made from outside, with the host's programs: the image may have no shell.
set -eu
hostname "$1"
root=$2
mode=$3
shift 3
mount --rbind "$root" "$root"
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do
  mount --rbind "$2" "$root$3"
  # Apart from the bind: only then does mount(8) keep the flags that a user namespace may not clear.
  if [ "$1" = ro ]; then mount -o remount,bind,ro "$root$3"; fi
  shift 3
done
shift
if [ "$mode" = ro ]; then mount -o remount,bind,ro "$root"; fi
exec "$@"
