#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the build needs, builds, and runs the audit: packaging/run.sh [arguments of sshaudit]
# Without arguments every account is audited. The exit status is that of sshaudit, or 2 when the build failed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/packaging/install-dependencies.sh" build || exit 2

# In the directory of the preset "release", in which tests/run.sh goes on.
built=$root/build-release
build() {
  [ -f "$built/CMakeCache.txt" ] || (cd "$root" && cmake --preset release -DSSHAUDIT_TESTS=OFF) || return
  cmake --build "$built" --target sshaudit --parallel "$(nproc)"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ -x "$built/bin/sshaudit" ] || printf 'building sshaudit...\n' >&2
if ! build >"$log" 2>&1; then
  cat "$log" >&2
  exit 2
fi
[ $# -gt 0 ] || set -- --all-users
status=0
"$built/bin/sshaudit" "$@" || status=$?
exit "$status"
