#!/bin/sh
# SPDX-License-Identifier: MIT
# Tries the Debian packages in dist/ (packaging/build-deb.sh) in roots of Debian 12: tests/packages/deb.sh
# As root. mmdebstrap and apt need a network once; what they made is kept in build-roots/ (or ROOT_CACHE).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
packages=$source/dist
cache=${ROOT_CACHE:-$source/build-roots}
version=$("$source/packaging/version.sh" version)
architecture=$(dpkg --print-architecture)
program=sshaudit_${version}_$architecture.deb
module=libpam-sshaudit_${version}_$architecture.deb
# shellcheck source=tests/packages/roots.sh disable=SC1091
. "$here/roots.sh"

[ "$(id -u)" -eq 0 ] || die 'only root can make roots'
for file in "$program" "$module" "sshaudit_$version.dsc" "sshaudit_${version}_$architecture.changes"; do
  [ -s "$packages/$file" ] || die "there is no dist/$file: packaging/build-deb.sh makes it"
done
mkdir -p "$cache"
work=$(mktemp -d)
trap 'halt_booted; rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM

say '== what is in the packages =='
lintian --no-cfg --pedantic --fail-on error,warning "$packages/sshaudit_${version}_$architecture.changes" >"$work/lintian" ||
  { cat "$work/lintian"; die 'lintian finds faults'; }
cat "$work/lintian"
say 'ok: lintian --pedantic has no error and no warning'
for deb in sshaudit libpam-sshaudit; do
  dpkg-deb --fsys-tarfile "$packages/${deb}_${version}_$architecture.deb" | tar --numeric-owner -tvf - |
    awk '{ print $1, $2, $6, $7, $8 }' | sed 's/ *$//' | sed "s/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/TRIPLET/" | LC_ALL=C sort -k 3 >"$work/files"
  same "files of $deb, with modes and owners" "$(cat "$here/$deb.files")" "$(cat "$work/files")"
  dpkg-deb --ctrl-tarfile "$packages/${deb}_${version}_$architecture.deb" | tar -tf - >"$work/control"
  if grep -E '/(templates|config)$' "$work/control"; then die "$deb asks questions"; fi
  say "ok: $deb has no questions for debconf"
done

# The version before, from the same files: an older number, a file that went, and another configuration file.
make_older() {
  dpkg-deb --raw-extract "$packages/$1_${version}_$architecture.deb" "$work/older"
  sed -i "s/^Version: .*/Version: 0.0.9/; s/(= $version)/(= 0.0.9)/" "$work/older/DEBIAN/control"
  if [ "$1" = sshaudit ]; then
    printf '# of an older version\n' >"$work/older/etc/sshaudit/sshaudit.toml"
    printf '{}\n' >"$work/older/usr/share/sshaudit/sshaudit-older-1.json"
  else
    sed -i 's/^Priority: .*/Priority: 300/' "$work/older/usr/share/pam-configs/sshaudit"
  fi
  rm "$work/older/DEBIAN/md5sums"
  dpkg-deb --root-owner-group -Znone --build "$work/older" "$work/$1_0.0.9_$architecture.deb" >/dev/null
  rm -r "$work/older"
}

say '== roots =='
make_base
make_prepared "$packages/$program" "$packages/$module"
mkdir "$work/debs"
make_older sshaudit
make_older libpam-sshaudit
cp "$packages/$program" "$packages/$module" "$work"/*_0.0.9_*.deb "$work/debs/"
packages=$work/debs

# What dpkg, apt and the log of both keep of every package, what is mounted only while a command runs, and the copies that
# useradd(8) makes of passwd and its like.
kept='-path ./var/lib/dpkg -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/cache/apt -o -path ./var/cache/debconf
  -o -path ./etc/*- -o -path ./run -o -path ./tmp -o -path ./proc -o -path ./sys -o -path ./dev'
# shellcheck disable=SC2086 # words
snapshot() {
  (
    cd "$1"
    set -f
    find . \( $kept \) -prune -o -printf '%p %y %#m %U:%G %l\n'
    find . \( $kept \) -prune -o -type f -print0 | xargs -0 sha256sum
  ) | LC_ALL=C sort
}
own_files_of_dpkg() { find "$1/var/lib/dpkg/info" "$1/var/lib/systemd" -name '*sshaudit*' | sed "s|$1||" | LC_ALL=C sort; }

say '== install, first run, upgrade, remove, purge, where cron runs =='
fresh plain
snapshot "$work/plain" >"$work/before"
in_name_spaces "$work/plain" /mnt/inside/lifecycle.sh "$version" "$architecture"
snapshot "$work/plain" >"$work/after"
same 'the root is as it was before' '' "$(diff "$work/before" "$work/after" || :)"
same 'dpkg and systemd keep nothing of it' '' "$(own_files_of_dpkg "$work/plain")"
compared=$(wc -l <"$work/before")
[ "$compared" -gt 5000 ] || die "only $compared lines were compared"
say "   ($compared lines: mode and owner of each file and directory, and what each file holds)"

say '== the stack of PAM, with and without the module =='
in_name_spaces "$work/plain" /mnt/inside/pam.sh "$architecture" "$version"

say '== a login as autopkgtest tries it =='
mkdir "$packages/tests"
cp "$source/packaging/debian/tests/login" "$packages/tests/"
in_name_spaces "$work/plain" sh -ec "dpkg -i /media/*_${version}_*.deb >/dev/null && /media/tests/login"

fresh booted
boot "$work/booted"
say '== from installation to removal, with sshd, rsyslog and systemd =='
in_booted /mnt/inside/whole.sh "$version" "$architecture"
say '== the nightly service sees what a run outside of its sandbox sees =='
in_booted /mnt/inside/service.sh "$version" "$architecture"
say '== users log in while packages come and go =='
in_booted /mnt/inside/busy.sh "$version" "$architecture"
halt_booted
say "all of $0 holds"
