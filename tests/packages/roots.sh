# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # who reads this sets here, work, cache and packages
# Roots of Debian 12 for tests of packages: made once with mmdebstrap, unpacked for each test, thrown away. Nothing in them
# is started but in name spaces of its own, without a network but a loopback.

# What packages of ours need to be tried: not what they depend on, which is asked of them.
root_packages=openssh-server,openssh-client,rsyslog,cron,systemd-sysv,dbus,libpam-runtime,pamtester,procps,iproute2

# shellcheck source=tests/packages/inside/words.sh disable=SC1091
. "$here/inside/words.sh"

# The cache is kept: ROOT_CACHE, or build-roots beside the sources.
make_base() {
  base=$cache/base-$(printf '%s' "$root_packages" | cksum | cut -d ' ' -f 1).tar
  [ -s "$base" ] && return
  say "making $base"
  patiently mmdebstrap --quiet --variant=minbase --include="$root_packages" bookworm "$cache/new.tar"
  mv "$cache/new.tar" "$base"
}

# make_prepared DEB...: the base with what the packages depend on, fetched by apt.
make_prepared() {
  wanted=$(for deb in "$@"; do dpkg-deb -f "$deb" Depends; done | tr ',' '\n' | sed 's/^ *//; /sshaudit/d' | sort -u | paste -s -d ,)
  prepared=$cache/prepared-$(printf '%s %s' "$base" "$wanted" | cksum | cut -d ' ' -f 1).tar
  [ -s "$prepared" ] && return
  say "making $prepared"
  unpack "$base" "$work/prepared"
  printf 'nameserver 127.0.0.1\n' >"$work/resolv.conf"
  [ -r /etc/resolv.conf ] && cat /etc/resolv.conf >"$work/resolv.conf"
  # The one step with the host's network.
  network=--net=/proc/self/ns/net
  patiently in_name_spaces "$work/prepared" sh -c "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq satisfy -y --no-install-recommends '$wanted' && apt-get clean" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; die "apt cannot install what the packages depend on: $wanted"; }
  network=--net
  tar --numeric-owner --xattrs --acls -C "$work/prepared" -cf "$cache/new.tar" .
  mv "$cache/new.tar" "$prepared"
  rm -rf --one-file-system "$work/prepared"
}

unpack() {
  mkdir "$2"
  tar --numeric-owner --xattrs --acls -C "$2" -xf "$1"
}
fresh() { unpack "$prepared" "$work/$1"; }

network=--net
# in_name_spaces ROOT COMMAND...: as root of that root, with its own processes and, but once, its own network. The tests lie
# at /mnt and the packages at /media there, which leaves no trace in ROOT.
in_name_spaces() {
  at=$1
  shift
  case $network in --net) unshared='--net' ;; *) unshared= ;; esac
  # shellcheck disable=SC2086 # one word or none
  unshare --mount --pid --ipc --uts $unshared --fork --kill-child "$here/enter.sh" "$at" "$here" "$packages" "$@" </dev/null
}

# boot ROOT: systemd, with the sshd, cron and rsyslog of the root; in_booted COMMAND... runs there.
boot() {
  cgroup=sshaudit-test-$$
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -e "$hierarchy/cgroup.procs" ]; then mkdir -p "$hierarchy/$cgroup"; fi
  done
  # What would take a terminal of the host's, or set its clock.
  for unit in getty.target console-getty.service systemd-timesyncd.service systemd-udevd.service systemd-sysctl.service \
    e2scrub_reap.service fstrim.timer apt-daily.timer apt-daily-upgrade.timer; do
    ln -sf /dev/null "$1/etc/systemd/system/$unit"
  done
  sh -c 'for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
      if [ -e "$hierarchy/'"$cgroup"'/cgroup.procs" ]; then echo $$ >"$hierarchy/'"$cgroup"'/cgroup.procs"; fi
    done
    exec unshare --mount --pid --ipc --uts --net --cgroup --fork --kill-child "$@"' sh \
    "$here/enter.sh" "$1" "$here" "$packages" --boot </dev/null >"$work/boot.log" 2>&1 &
  unshared=$!
  init=
  for _ in $(seq 100); do
    init=$(cat "/proc/$unshared/task/$unshared/children" 2>/dev/null) && init=${init%% *}
    [ -n "$init" ] && [ "$(cat "/proc/$init/comm" 2>/dev/null)" = systemd ] && break
    sleep 0.1
  done
  [ -n "$init" ] || { cat "$work/boot.log" >&2; die 'systemd was not started'; }
  for _ in $(seq 300); do
    state=$(in_booted systemctl is-system-running 2>&1) || :
    [ "$state" != running ] || return 0
    sleep 0.1
  done
  cat "$work/boot.log" >&2
  in_booted systemctl --failed --no-pager >&2
  die "systemd does not come up: $state"
}
in_booted() {
  nsenter --target "$init" --mount --pid --ipc --uts --net --cgroup --root --wd \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}
halt_booted() {
  [ -n "${init:-}" ] || return 0
  kill -9 "$init" 2>/dev/null || :
  wait "$unshared" 2>/dev/null || :
  init=
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -d "$hierarchy/$cgroup" ] || continue
    find "$hierarchy/$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || :
  done
}
