#!/bin/sh
# SPDX-License-Identifier: MIT
# The RPM packages: what is in them, what rpmlint says, that they are the same bytes when built twice, and what is left
# of them after installation and removal in two roots. As root: tests/packages/rpm.sh [DIRECTORY]
# Without DIRECTORY, where packages lie that build-rpm.sh has built, they are built here, twice.
# SSHAUDIT_UPDATE_EXPECTED=1 writes rpm-expected.txt anew, to be read before it is kept.
# A root of Debian 12 is made once and kept in ROOT_CACHE, or build-roots beside the sources.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=$("$root/packaging/version.sh" version)
[ "$(id -u)" -eq 0 ] || { printf 'rpm.sh: has to be root\n' >&2; exit 1; }
export LC_ALL=C

# Mounts and processes are seen by this one alone, and are gone with it.
if [ -z "${SSHAUDIT_APART:-}" ]; then
  [ $# -gt 0 ] || "$root/packaging/build-rpm.sh" --twice
  SSHAUDIT_APART=yes exec unshare --mount --pid --fork --kill-child --propagation private "$0" "${1:-$root/dist}"
fi
packages=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'umount "$work/debian/proc" "$work/dnf/proc" 2>/dev/null || :; rm -rf --one-file-system "$work"' EXIT

ok() { printf 'ok: %s\n' "$1"; }
fail() { printf 'rpm.sh: %s\n' "$1" >&2; exit 1; }

program=$packages/sshaudit-$version-1.x86_64.rpm
module=$packages/pam_sshaudit-$version-1.x86_64.rpm
policy=$packages/sshaudit-selinux-$version-1.noarch.rpm
source=$packages/sshaudit-$version-1.src.rpm

# Without what differs from build to build: links by build id, and symbol versions of libraries.
describe() {
  printf '== %s\n' "$(rpm -qp --qf '%{NAME} %{ARCH} %{LICENSE}' "$1")"
  printf -- '-- files\n'
  rpm -qp --qf '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEFLAGS:fflags} %{FILENAMES}\n]' "$1" |
    tr -s ' ' | grep -v '/\.build-id'
  for kind in requires recommends provides; do
    printf -- '-- %s\n' "$kind"
    rpm -qp "--$kind" "$1" | grep -v '^[^ ]*\.so[^(]*([A-Z]' | sort -u
  done
  printf -- '-- scripts\n'
  rpm -qp --scripts "$1"
  printf -- '-- triggers\n'
  rpm -qp --triggers --filetriggers "$1"
}

check_contents() {
  for package in "$program" "$module" "$policy"; do describe "$package"; done | sed "s/$version/VERSION/g" >"$work/described"
  [ -z "${SSHAUDIT_UPDATE_EXPECTED:-}" ] || cp "$work/described" "$here/rpm-expected.txt"
  diff -u "$here/rpm-expected.txt" "$work/described" || fail 'the packages are not as rpm-expected.txt says'
  ok 'files, owners, modes, flags, dependencies and scriptlets'
}

# Version, date and text of the changelog stand in CHANGELOG.md alone.
check_changelog() {
  newest=$(rpm -qp --qf '%{CHANGELOGNAME}\n' "$program" | head -n 1)
  [ "${newest##* }" = "$version-1" ] || fail "the newest changelog entry is of ${newest##* }"
  day=$(date --utc --date "@$(rpm -qp --qf '%{CHANGELOGTIME}' "$program")" +%F)
  [ "$day" = "$("$root/packaging/version.sh" date)" ] || fail "the newest changelog entry is of $day"
  [ "$(rpm -qp --qf '%{CHANGELOGTEXT}' "$program" | grep -c '^- ')" -gt 0 ] || fail 'the newest changelog entry is empty'
  [ "$(rpm -qp --qf '%{BUILDTIME}' "$program")" = "$("$root/packaging/version.sh" epoch)" ] || fail 'wrong build time'
  ok 'version, date and changelog'
}

check_debug_information() {
  listed=$(rpm -qpl "$packages/sshaudit-debuginfo-$version-1.x86_64.rpm" | sed -n "/build-id/d; s,.*/\([^/]*\)-$version-1.*\.debug,\1,p" |
    sort | tr '\n' ' ')
  [ "$listed" = 'pam_sshaudit.so sshaudit sshaudit-explain-refusal sshaudit-log-refusal ' ] ||
    fail "debug information of: $listed"
  ok 'debug information of each program'
}

# Everything that the source package needs is in it: its spec alone says what is built.
check_source() {
  rpm2cpio "$source" | (mkdir "$work/source" && cd "$work/source" && cpio --quiet -id)
  found=$(ls "$work/source")
  [ "$found" = "sshaudit-$version.tar.gz
sshaudit.spec" ] || fail "the source package has: $found"
  tar -tzf "$work/source/sshaudit-$version.tar.gz" | sed "s,^sshaudit-$version/,," | sort >"$work/packed"
  git -C "$root" ls-files | sort | diff - "$work/packed" || fail 'the source package has other files than git tracks'
  if grep '@VERSION@' "$work/source/sshaudit.spec"; then fail 'the spec of the source package is not filled in'; fi
  ok 'the source package'
}

check_rpmlint() {
  rpmlint --config "$root/packaging/rpm/rpmlint.toml" "$packages"/*.rpm "$work/source/sshaudit.spec" >"$work/lint" 2>&1 ||
    { cat "$work/lint"; fail 'rpmlint'; }
  grep -q ' 0 errors, ' "$work/lint" || { cat "$work/lint"; fail 'rpmlint found errors'; }
  ok "rpmlint: $(sed -n 's/.*checked; \(.*badness\).*/\1/p' "$work/lint")"
}

# The policy as it is loaded: who becomes what; the domains that a release may lack are optional.
check_policy() {
  rpm2cpio "$policy" | (mkdir "$work/policy" && cd "$work/policy" && cpio --quiet -id)
  bunzip2 -c "$work/policy/usr/share/selinux/packages/targeted/sshaudit.pp.bz2" >"$work/sshaudit.pp"
  /usr/libexec/selinux/hll/pp "$work/sshaudit.pp" "$work/sshaudit.cil" 2>/dev/null ||
    /usr/lib/selinux/hll/pp "$work/sshaudit.pp" "$work/sshaudit.cil"
  for line in '(typetransition sshd_t sshaudit_explain_exec_t process sshaudit_explain_t)' \
    '(typetransition sshd_t var_run_t dir "sshaudit" sshaudit_runtime_t)' \
    '(filecon "/usr/libexec/sshaudit/sshaudit-explain-refusal" file (system_u object_r sshaudit_explain_exec_t ((s0) (s0))))'; do
    grep -qxF "$line" "$work/sshaudit.cil" || fail "the policy lacks: $line"
  done
  # What is indented is in an optional block.
  grep -q '^ .*(typetransition sshd_session_t sshaudit_explain_exec_t process sshaudit_explain_t)' "$work/sshaudit.cil" ||
    fail 'the policy lacks sshd_session_t'
  if grep '^[^ ].*\(sshd_session_t\|sshd_auth_t\|sshd_net_t\)' "$work/sshaudit.cil"; then
    fail 'the policy cannot be loaded where these domains are not known'
  fi
  ok 'the SELinux policy'
}

in_root() {
  where=$1
  shift
  rpm --root "$where" --dbpath /var/lib/rpm "$@"
}

# What there is in a root, but for rpm's own database.
list_root() {
  find "$1" -mindepth 1 \( -path "$1/var/lib/rpm" -o -path "$1/proc" -o -path "$1/dev" \) -prune -o -printf '%M %u:%g %P %l\n' | sort
}

# Nothing is there: no shell either, so that scriptlets, which rpm runs in the root, cannot run. In the other root they do.
check_empty_root() {
  empty=$work/empty
  mkdir "$empty"
  in_root "$empty" --initdb
  in_root "$empty" --install --force-debian --nodeps --noscripts "$program" "$module" "$policy"
  rpm -qp --qf '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES} %{FILEFLAGS:fflags}\n]' "$program" "$module" "$policy" |
    awk '$4 !~ /g/ { print $1, $2, substr($3, 2) }' | sort -u >"$work/packaged"
  find "$empty" -mindepth 1 -path "$empty/var/lib/rpm" -prune -o -printf '%M %u:%g %P\n' | sort >"$work/unpacked"
  missing=$(comm -23 "$work/packaged" "$work/unpacked")
  [ -z "$missing" ] || fail "not in the empty root as packaged: $missing"
  strange=$(comm -13 "$work/packaged" "$work/unpacked" | grep -v '^drwxr-xr-x root:root ' || :)
  [ -z "$strange" ] || fail "in the empty root and not packaged: $strange"
  in_root "$empty" --verify --nodeps --noscripts sshaudit pam_sshaudit sshaudit-selinux || fail 'rpm --verify in the empty root'
  in_root "$empty" --erase --force-debian --nodeps --noscripts sshaudit pam_sshaudit sshaudit-selinux
  left=$(find "$empty" -path "$empty/var/lib/rpm" -prune -o \( -not -type d -o -name '*sshaudit*' \) -print)
  [ -z "$left" ] || fail "left in the empty root: $left"
  ok 'an empty root: all that is packaged and nothing else, then nothing'
}

# With a shell, systemctl, sshd, dnf and the libraries, but nothing that runs.
make_debian_root() {
  debian=$work/$1
  cache=${ROOT_CACHE:-$root/build-roots}
  wanted=dnf,rpm,systemd,openssh-server,libfmt9,libssl3,libsqlite3-0,libacl1,libmount1,libseccomp2,libselinux1,libsystemd0,libpam0g,libstdc++6
  tar=$cache/rpm-$(printf %s "$wanted" | cksum | cut -d ' ' -f 1).tar
  mkdir -p "$debian" "$cache"
  if [ ! -s "$tar" ]; then
    mmdebstrap --quiet --variant=minbase --include="$wanted" bookworm "$work/new.tar" >"$work/log" 2>&1 ||
      { cat "$work/log" >&2; fail 'no root of Debian'; }
    mv "$work/new.tar" "$tar"
  fi
  tar -C "$debian" --numeric-owner -xf "$tar"
  mount -t proc proc "$debian/proc"
  # Debian's rpm keeps a database of its user's.
  mkdir -p "$debian/etc/rpm"
  printf '%%_dbpath /var/lib/rpm\n' >"$debian/etc/rpm/macros"
  # Directories that a distribution with rpm has.
  for directory in /etc/cron.d /usr/lib64/security /usr/lib/systemd/system-preset /usr/lib/systemd/catalog /usr/lib/tmpfiles.d \
    /usr/libexec /usr/share/bash-completion/completions /usr/share/zsh/site-functions /usr/share/fish/vendor_completions.d \
    /usr/share/doc /usr/share/licenses /usr/share/man/man5 /usr/share/man/man7 /usr/share/man/man8 \
    /usr/share/selinux/packages/targeted /usr/share/selinux/devel/include/distributed /var/lib/rpm; do
    mkdir -p "$debian$directory"
  done
}

expect() {
  got=$(chroot "$debian" sh -c "$2" 2>&1) || :
  [ "$got" = "$1" ] || fail "$2: expected \"$1\", got \"$got\""
}

check_debian_root() {
  make_debian_root debian
  in_root "$debian" --initdb
  list_root "$debian" >"$work/before"

  in_root "$debian" --install --force-debian --nodeps "$program" "$module" "$policy" >"$work/said" 2>&1 || { cat "$work/said"; fail 'installation'; }
  grep -v '^Created symlink' "$work/said" >&2 && fail 'installation says something'
  expect enabled 'systemctl is-enabled sshaudit.timer'
  expect static 'systemctl is-enabled sshaudit.service'
  expect "sshaudit $version" 'sshaudit --version'
  expect '' 'grep -rl sshaudit /etc/pam.d /etc/ssh 2>/dev/null'
  ok 'installed: the timer is on, PAM and sshd are as they were'

  # What cron runs; this host has no sshd, which the program says. Its history is the package's.
  chroot "$debian" sshaudit --all-users --changes >"$work/night" 2>&1 || :
  expect '-rw------- root root /var/lib/sshaudit/history.db' "find /var/lib/sshaudit -type f -printf '%M %u %g %p\n'"
  in_root "$debian" --verify --nodeps sshaudit pam_sshaudit || fail 'rpm --verify after a night'
  ok 'a night'

  printf '# of this site\n' >>"$debian/etc/sshaudit/sshaudit.toml"
  chroot "$debian" systemctl disable --quiet sshaudit.timer
  in_root "$debian" --upgrade --force-debian --nodeps --replacepkgs "$program" "$module" "$policy"
  expect '# of this site' 'tail -n 1 /etc/sshaudit/sshaudit.toml'
  expect disabled 'systemctl is-enabled sshaudit.timer'
  expect '-rw------- /var/lib/sshaudit/history.db' "find /var/lib/sshaudit -type f -printf '%M %p\n'"
  chroot "$debian" systemctl enable --quiet sshaudit.timer
  ok 'upgraded: what the site has decided stays'

  sed -i '$d' "$debian/etc/sshaudit/sshaudit.toml"
  in_root "$debian" --erase --force-debian --nodeps sshaudit pam_sshaudit sshaudit-selinux >"$work/said" 2>&1 || { cat "$work/said"; fail 'removal'; }
  grep -v '^Removed ' "$work/said" >&2 && fail 'removal says something'
  list_root "$debian" >"$work/after"
  diff "$work/before" "$work/after" || fail 'something is left'
  ok 'erased: nothing is left'
}

# A package that stands for those of a distribution with rpm, whose files are Debian's here.
make_host_package() {
  mkdir "$work/host"
  {
    printf 'Name: host\nVersion: 1\nRelease: 1\nSummary: What the packages depend on\nLicense: MIT\nBuildArch: noarch\n'
    rpm -qp --requires "$program" "$module" "$policy" | grep -v '^(\|^rpmlib\|sshaudit' | sort -u | sed 's/^/Provides: /'
    printf '%%description\nWhat the packages depend on.\n%%files\n'
  } >"$work/host/host.spec"
  rpmbuild -bb --quiet --define "_topdir $work/host" --define '_rpmfilename host.rpm' "$work/host/host.spec"
}

# What dnf keeps for itself.
without_dnf() { grep -v ' var/\(lib/dnf\|cache\|log\)'; }

# The commands of the README, with their patterns. dnf resolves what the packages depend on, and runs the scriptlets.
check_dnf() {
  umount "$debian/proc"
  rm -rf --one-file-system "$debian"
  make_debian_root dnf
  make_host_package
  in_root "$debian" --initdb
  in_root "$debian" --install --force-debian "$work/host/RPMS/host.rpm"
  list_root "$debian" | without_dnf >"$work/before"
  mkdir "$debian/packages"
  cp "$packages"/*.rpm "$debian/packages/"
  in_dnf() {
    chroot "$debian" sh -c "cd /packages && $1" >"$work/said" 2>&1 </dev/null || { cat "$work/said" >&2; fail "$1"; }
  }
  dnf='dnf --assumeyes --disablerepo=* --releasever=12'
  in_dnf "$dnf install ./sshaudit-[0-9]*.x86_64.rpm"
  expect "sshaudit-$version-1.x86_64" 'rpm -qa | grep sshaudit'
  in_dnf "$dnf install ./pam_sshaudit-*.rpm ./sshaudit-selinux-*.rpm"
  expect "pam_sshaudit-$version-1.x86_64 sshaudit-$version-1.x86_64 sshaudit-selinux-$version-1.noarch" \
    'rpm -qa | grep sshaudit | sort | paste -s -d " "'
  expect "sshaudit $version" 'sshaudit --version'
  expect enabled 'systemctl is-enabled sshaudit.timer'
  expect '' 'rpm --verify sshaudit pam_sshaudit sshaudit-selinux'
  in_dnf "$dnf remove sshaudit pam_sshaudit sshaudit-selinux"
  rm -r "$debian/packages"
  list_root "$debian" | without_dnf >"$work/after"
  diff "$work/before" "$work/after" || fail 'something is left'
  ok 'dnf: installed with what they depend on, and removed'
}

check_contents
check_changelog
check_debug_information
check_source
check_rpmlint
check_policy
check_empty_root
check_debian_root
check_dnf
