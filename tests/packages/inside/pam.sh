#!/bin/sh
# SPDX-License-Identifier: MIT
# The profile of pam-auth-update, tried with pamtester: pam.sh ARCHITECTURE VERSION
set -eu

architecture=$1
version=$2
# shellcheck source=tests/packages/inside/words.sh disable=SC1091
. /mnt/inside/words.sh

lines_of() { grep -v -e '^#' -e '^$' "/etc/pam.d/common-$1" | tr -s '\t ' ' ' | sed 's| $||'; }
# login PASSWORD: every call that sshd makes of libpam.
login() { printf '%s\n' "$1" | pamtester sshd tester authenticate acct_mgmt open_session close_session >/tmp/login 2>&1; }
lets_in() { login right && ! login wrong; }

changes() { (cd /etc/pam.d && sha256sum -- *) | diff /tmp/before - || :; }

useradd --create-home --shell /bin/sh tester
printf 'tester:right\n' | chpasswd
(cd /etc/pam.d && sha256sum -- *) >/tmp/before
check 'without the package: the right password, and no other' lets_in
install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
same 'installing changes nothing in /etc/pam.d' '' "$(changes)"

pam-auth-update --enable sshaudit
same 'auth' 'auth optional pam_sshaudit.so
auth [success=1 default=ignore] pam_unix.so nullok try_first_pass
auth requisite pam_deny.so
auth required pam_permit.so' "$(lines_of auth)"
same 'account' 'account optional pam_sshaudit.so
account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so
account requisite pam_deny.so
account required pam_permit.so' "$(lines_of account)"
same 'session' 'session [default=1] pam_permit.so
session requisite pam_deny.so
session required pam_permit.so
session optional pam_sshaudit.so
session required pam_unix.so' "$(lines_of session)"
check 'with the profile: the right password, and no other' lets_in

file=$(dpkg -L libpam-sshaudit | grep '/pam_sshaudit.so$')
mv "$file" /tmp/
check 'without the file of the module: the right password, and no other' lets_in
mv /tmp/pam_sshaudit.so "$file"
mv /usr/libexec/sshaudit /tmp/
check 'without the logger: the right password, and no other' lets_in
mv /tmp/sshaudit /usr/libexec/

usermod --expiredate 1 tester
check 'an account that has expired is refused' sh -c '! printf "right\n" | pamtester sshd tester acct_mgmt >/dev/null 2>&1'
usermod --expiredate '' tester

pam-auth-update --remove sshaudit
same 'taken out, /etc/pam.d is as it was' '' "$(changes)"
pam-auth-update --enable sshaudit
apt_quietly purge libpam-sshaudit
same 'purged while it is wired in: /etc/pam.d is as it was' '' "$(changes)"
check 'after that: the right password, and no other' lets_in
apt_quietly purge sshaudit
