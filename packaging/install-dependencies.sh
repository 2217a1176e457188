#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is still missing of the distribution's packages: install-dependencies.sh build|test|package
# Debian, Ubuntu, Fedora and the RHEL family (there with EPEL and CRB, where the libraries are). Needs root only when
# something is missing.
set -eu

say() { printf '%s\n' "$*" >&2; }

purpose=${1:-}
case $purpose in
  build | test | package) ;;
  *) say "usage: install-dependencies.sh build|test|package"; exit 2 ;;
esac

debian_build='g++ cmake make pkg-config libcli11-dev libfmt-dev nlohmann-json3-dev libexpected-dev libssl-dev libacl1-dev
  libmount-dev libpam0g-dev libsqlite3-dev libtomlplusplus-dev libseccomp-dev libselinux1-dev libsystemd-dev'
debian_test='libgtest-dev libgmock-dev librapidcheck-dev libvalijson-dev openssh-server openssh-client acl mount util-linux
  libcmocka-dev libpam-wrapper libpamtest0-dev valgrind strace mandoc man-db zsh fish'
debian_package='build-essential debhelper dpkg-dev git lintian mmdebstrap rpm debugedit elfutils cpio rpmlint selinux-policy-dev'
fedora_build='gcc-c++ cmake make pkgconf-pkg-config cli11-devel fmt-devel json-devel expected-devel openssl-devel
  libacl-devel libmount-devel pam-devel sqlite-devel tomlplusplus-devel libseccomp-devel libselinux-devel systemd-devel'
fedora_test='gtest-devel gmock-devel rapidcheck-devel valijson-devel openssh-server openssh-clients acl util-linux
  libcmocka-devel pam_wrapper libpamtest-devel valgrind strace mandoc man-db zsh fish'
fedora_package='git-core rpm-build rpmlint selinux-policy-devel systemd-rpm-macros'

need_root() {
  [ "$(id -u)" -eq 0 ] && return
  say "install-dependencies.sh: these packages are missing, and only root can install them: $1"
  exit 2
}

# What a package manager says interests nobody unless it fails.
quietly() {
  if "$@" >"$log" 2>&1; then return 0; fi
  cat "$log" >&2
  return 1
}

missing_debian() {
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

install_debian() {
  # shellcheck disable=SC2046 # one word for each package
  set -- $(missing_debian "$@")
  [ $# -eq 0 ] && return
  need_root "$*"
  say "installing: $*"
  export DEBIAN_FRONTEND=noninteractive
  # Where services may start at installation, this keeps sshd from being started for the sake of a test.
  policy=/usr/sbin/policy-rc.d
  mine=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    mine=yes
  fi
  status=0
  { quietly apt-get -qq update && quietly apt-get -qq install -y --no-install-recommends "$@"; } || status=$?
  [ -z "$mine" ] || rm -f "$policy"
  return "$status"
}

# The RHEL family keeps the libraries in two repositories that are off by default.
enable_epel() {
  [ "$ID" = fedora ] && return
  quietly dnf -q -y install epel-release 'dnf-command(config-manager)' || say "EPEL could not be enabled; going on"
  quietly dnf -q config-manager --set-enabled crb || quietly dnf -q config-manager --set-enabled powertools ||
    say "CRB could not be enabled; going on"
}

install_fedora() {
  missing=
  for package in "$@"; do
    rpm -q --quiet "$package" || missing="$missing $package"
  done
  [ -z "$missing" ] && return
  need_root "$missing"
  say "installing:$missing"
  enable_epel
  # shellcheck disable=SC2086 # one word for each package
  quietly dnf -q -y install $missing
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ID=
ID_LIKE=
# shellcheck disable=SC1091 # every supported system has it
[ -r /etc/os-release ] && . /etc/os-release
case " $ID $ID_LIKE " in
  *' debian '* | *' ubuntu '*)
    # shellcheck disable=SC2086 # lists of words
    case $purpose in
      build) install_debian $debian_build ;;
      test) install_debian $debian_build $debian_test ;;
      package) install_debian $debian_build $debian_package ;;
    esac
    ;;
  *' fedora '* | *' rhel '* | *' centos '*)
    # shellcheck disable=SC2086 # lists of words
    case $purpose in
      build) install_fedora $fedora_build ;;
      test) install_fedora $fedora_build $fedora_test ;;
      package) install_fedora $fedora_build $fedora_package ;;
    esac
    ;;
  *)
    say "install-dependencies.sh: unknown distribution \"$ID\": install by hand what CMakeLists.txt asks for"
    ;;
esac
