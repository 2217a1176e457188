# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts in this directory have in common.

say() { printf '%s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
# Again after a while, where a mirror may be in the middle of an update.
patiently() {
  for pause in 5 30 60; do
    if "$@"; then return; fi
    sleep $pause
  done
  "$@"
}
check() {
  what=$1
  shift
  "$@" || die "$what"
  say "ok: $what"
}
same() {
  [ "$2" = "$3" ] || die "$1: expected
$2
--- and not
$3
---"
  say "ok: $1"
}

# Without a terminal or an answer to any question; what is printed must hold no word of trouble.
quietly() {
  "$@" </dev/null >/tmp/said 2>&1 || { cat /tmp/said >&2; die "$*"; }
  if grep -iE 'error|warning|cannot|not found|prompt|\[Y/n\]|dpkg: ' /tmp/said | grep -v -e 'dpkg: warning: downgrading'; then
    die "what was printed by: $*"
  fi
}
dpkg_quietly() { quietly dpkg "$@"; }
# apt takes dpkg's status for the one it has read when size and second of it are the same: it is to keep nothing of it.
apt_quietly() {
  quietly apt-get -y -o APT::Sandbox::User=root -o Acquire::http::Proxy=false -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}

# install_packages [OPTION...] DEB...: of /media, all in one go.
install_packages() {
  options=
  files=
  for word in "$@"; do
    case $word in *.deb) files="$files /media/$word" ;; *) options="$options $word" ;; esac
  done
  # shellcheck disable=SC2086 # words
  apt_quietly $options install $files
  for file in $files; do
    package=$(dpkg-deb --field "$file" Package)
    same "$file is installed" "$(dpkg-deb --field "$file" Version)" "$(dpkg-query -W -f '${Version}' "$package")"
  done
}
