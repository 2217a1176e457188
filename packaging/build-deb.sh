#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian packages from the files that git tracks, and leaves them in dist/: build-deb.sh [--twice]
# --twice builds them a second time, in another directory, time zone, locale and umask, and compares every byte.
# Installs what the build needs, as root, where it is missing. A CMAKE_CXX_COMPILER_LAUNCHER of the environment is used.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
twice=
case $#${1:-} in
  0) ;;
  1--twice) twice=yes ;;
  *) printf 'usage: build-deb.sh [--twice]\n' >&2; exit 2 ;;
esac
"$root/packaging/install-dependencies.sh" package

version=$("$root/packaging/version.sh" version)
SOURCE_DATE_EPOCH=$("$root/packaging/version.sh" epoch)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
umask 022

# The tree as it is tracked, all of one age and with modes that no umask has changed.
copy_sources() {
  mkdir -p "$1"
  git -C "$root" ls-files -z | tar -C "$root" --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -C "$1" -xf -
  cp -R "$1/packaging/debian" "$1/debian"
  "$1/packaging/debian-changelog.sh" >"$1/debian/changelog"
  chmod -R u=rwX,go=rX "$1"
  find "$1" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
}

# build DIRECTORY: what is built lies in it then.
build() {
  copy_sources "$1/sshaudit-$version"
  if ! (cd "$1/sshaudit-$version" && dpkg-buildpackage --build=full -us -uc) >"$1/log" 2>&1; then
    tail -n 60 "$1/log" >&2
    return 1
  fi
}

# These two tell of the build itself: when it was, and in which environment.
is_diary() { case $1 in *.buildinfo | *.changes) return 0 ;; *) return 1 ;; esac; }

compare() {
  status=0
  for file in "$1"/*_*; do
    name=${file##*/}
    is_diary "$name" && continue
    if cmp "$file" "$2/$name"; then printf 'the same twice: %s\n' "$name"; else status=1; fi
  done
  return "$status"
}

build "$work/first"
if [ -n "$twice" ]; then
  second=$work/a-second-and-longer-name
  # Without what keeps results, which would be compared with themselves.
  (
    umask 077
    unset CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER
    export TZ=Pacific/Auckland LC_ALL=C.UTF-8 LANG=C.UTF-8
    build "$second"
  )
  compare "$work/first" "$second"
fi
mkdir -p "$root/dist"
rm -f "$root"/dist/*sshaudit*_"$version"*
for file in "$work/first"/*_*; do
  cp "$file" "$root/dist/"
  printf 'dist/%s\n' "${file##*/}"
done
