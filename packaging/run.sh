#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the build needs, builds, and runs the audit: packaging/run.sh [arguments of sshaudit]
# Without arguments every account is audited. The exit status is that of sshaudit, or 2 when the build failed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/packaging/install-dependencies.sh" build || exit 2

build() {
  [ -f "$root/build/CMakeCache.txt" ] || cmake -S "$root" -B "$root/build" -DCMAKE_BUILD_TYPE=Release || return
  cmake --build "$root/build" --target sshaudit --parallel "$(nproc)"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ -x "$root/build/bin/sshaudit" ] || printf 'building sshaudit...\n' >&2
if ! build >"$log" 2>&1; then
  cat "$log" >&2
  exit 2
fi
[ $# -gt 0 ] || set -- --all-users
status=0
"$root/build/bin/sshaudit" "$@" || status=$?
exit "$status"
