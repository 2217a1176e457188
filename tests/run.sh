#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the tests need, builds, and runs every test: tests/run.sh [PRESET [arguments of ctest]]
# PRESET is one of CMakePresets.json (default release). Root: without it the tests that need root fail, loudly.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# The tests have systems of their own there, behind which the sources would be out of sight: then they lie at /media for
# this script.
case $root in
  /etc/* | /home/* | /opt/* | /root/* | /srv/* | /var/*)
    if [ -n "${SSHAUDIT_MOVED:-}" ]; then
      mount --bind "$root" /media
      root=/media
    elif [ "$(id -u)" -eq 0 ]; then
      SSHAUDIT_MOVED=yes exec unshare --mount --propagation private "$root/tests/run.sh" "$@"
    fi
    ;;
esac
preset=${1:-release}
[ $# -eq 0 ] || shift
"$root/packaging/install-dependencies.sh" test
cd "$root"
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" --parallel "$(nproc)"
# A changed root may come without /proc, by which ACLs are read.
if [ ! -e /proc/self/mounts ] && mount -t proc proc /proc; then trap 'umount /proc' EXIT; fi
# One more than there are processors: most of what a login takes is waiting.
ctest --preset "$preset" --parallel $(($(nproc) + 1)) --no-tests=error "$@"
