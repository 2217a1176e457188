#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the RPM packages from the files that git tracks, on Debian too, and leaves them in dist/: build-rpm.sh [--twice]
# --twice builds them a second time, in another directory, time zone, locale and umask, and compares every byte.
# Installs what the build needs, as root, where it is missing. A CMAKE_CXX_COMPILER_LAUNCHER of the environment is used.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
twice=
case $#${1:-} in
  0) ;;
  1--twice) twice=yes ;;
  *) printf 'usage: build-rpm.sh [--twice]\n' >&2; exit 2 ;;
esac
"$root/packaging/install-dependencies.sh" package

version=$("$root/packaging/version.sh" version)
SOURCE_DATE_EPOCH=$("$root/packaging/version.sh" epoch)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The tree as it is tracked, all of one age and with modes that no umask has changed.
pack_sources() {
  git -C "$root" ls-files -z >"$work/names"
  tar -C "$root" --create --file="$work/source.tar" --no-recursion --sort=name --format=ustar \
    --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --transform="s,^,sshaudit-$version/,S" --null --files-from="$work/names"
  gzip -9 --no-name "$work/source.tar"
}

# "## 0.1.0 (2026-11-27)" begins a release; its items stay as they are, "### Added" becomes "Added:".
print_changelog() {
  author=$(sed -n 's/^Maintainer: //p' "$root/packaging/debian/control")
  sed -n -e 's/%/%%/g; s/^### \(.*\)/\1:/p' -e '/^## /p' -e '/^- /p' -e '/^  /p' "$root/CHANGELOG.md" |
    while IFS= read -r line; do
      case $line in
        '## '*)
          heading=${line#\#\# }
          day=${heading#*(}
          printf '* %s %s - %s-1\n' "$(LC_ALL=C date --utc --date "${day%)}" '+%a %b %d %Y')" "$author" "${heading%% *}"
          ;;
        *) printf '%s\n' "$line" ;;
      esac
    done
}

print_spec() {
  sed "s/@VERSION@/$version/g" "$root/packaging/rpm/sshaudit.spec"
  print_changelog
}

# As Debian's packages have it. A distribution with rpm has flags of its own, and says itself where sources were.
hardening='-fstack-protector-strong -Wformat -Werror=format-security -Wdate-time -D_FORTIFY_SOURCE=2'

# build DIRECTORY: what is built lies in it then. Neither the directory nor the host is seen in what is made.
build() {
  mkdir -p "$1/SPECS" "$1/SOURCES"
  cp "$work/source.tar.gz" "$1/SOURCES/sshaudit-$version.tar.gz"
  print_spec >"$1/SPECS/sshaudit.spec"
  chmod 644 "$1"/SOURCES/* "$1"/SPECS/*
  touch --date "@$SOURCE_DATE_EPOCH" "$1"/SOURCES/* "$1"/SPECS/*
  if [ -e /etc/debian_version ]; then
    CFLAGS="-g -O2 -ffile-prefix-map=$1/BUILD/sshaudit-$version=/usr/src/debug/sshaudit-$version $hardening"
    CXXFLAGS=$CFLAGS
    export CFLAGS CXXFLAGS
  fi
  if ! rpmbuild -ba --nodeps --define "_topdir $1" \
    --define '_buildhost localhost' --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
    "$1/SPECS/sshaudit.spec" >"$1/log" 2>&1; then
    tail -n 60 "$1/log" >&2
    return 1
  fi
}

compare() {
  status=0
  for file in "$1"/RPMS/*.rpm "$1"/SRPMS/*.rpm; do
    if cmp "$file" "$2/${file#"$1"/}"; then printf 'the same twice: %s\n' "${file##*/}"; else status=1; fi
  done
  return "$status"
}

pack_sources
build "$work/first"
if [ -n "$twice" ]; then
  second=$work/a-second-and-longer-name
  (umask 077 && export TZ=Pacific/Auckland LC_ALL=C.UTF-8 LANG=C.UTF-8 && build "$second")
  compare "$work/first" "$second"
fi
mkdir -p "$root/dist"
rm -f "$root"/dist/*sshaudit-*.rpm
for file in "$work/first"/RPMS/*.rpm "$work/first"/SRPMS/*.rpm; do
  cp "$file" "$root/dist/"
  printf 'dist/%s\n' "${file##*/}"
done
