#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs in a root without systemd: lifecycle.sh VERSION ARCHITECTURE. Leaves no account and no package behind.
set -eu

version=$1
architecture=$2
# shellcheck source=tests/packages/inside/words.sh disable=SC1091
. /mnt/inside/words.sh

# What cron would do: run the command of the line, and mail what comes out.
cron() {
  command=$(sed -n 's/^[0-9*]* [0-9*]* \* \* \* root //p' /etc/cron.d/sshaudit)
  [ -n "$command" ] || die 'no line in /etc/cron.d/sshaudit'
  sh -c "$command" 2>&1 || :
}
configuration=/etc/sshaudit/sshaudit.toml

install_packages "sshaudit_0.0.9_$architecture.deb" "libpam-sshaudit_0.0.9_$architecture.deb"
check 'PAM and sshd are as they were' sh -c '! grep -rqs sshaudit /etc/pam.d /etc/ssh'
same 'the state directory' '700 root:root' "$(stat -c '%a %U:%G' /var/lib/sshaudit 2>/dev/null || { sshaudit --all-users --changes >/dev/null || :; stat -c '%a %U:%G' /var/lib/sshaudit; })"
check 'an older file is there' test -f /usr/share/sshaudit/sshaudit-older-1.json

say '-- upgrade of an untouched configuration'
install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
check 'the new example is there' grep -q 'sshaudit.toml(5)' $configuration
check 'the older file is gone' test ! -e /usr/share/sshaudit/sshaudit-older-1.json
same 'what sshaudit says of itself' "$version" "$(sshaudit --version | grep -o '[0-9][0-9.]*' | head -n 1)"

say '-- the first night, and the second'
sshaudit --all-users --changes >/dev/null 2>&1 || :
useradd --create-home --shell /bin/sh alice
install -d -m 700 -o alice -g alice /home/alice/.ssh
ssh-keygen -q -t ed25519 -N '' -C here -f /root/key
install -m 600 -o alice -g alice /root/key.pub /home/alice/.ssh/authorized_keys
chmod o+w /home/alice
night=$(cron)
same 'the first line of the mail' "$(hostname): 1 new, 0 mended, 0 still open" "$(printf '%s\n' "$night" | head -n 1)"
same 'it names the rule and the path' 'home-writable  /home/alice is 0757 alice:alice' \
  "$(printf '%s\n' "$night" | grep -o 'home-writable  /home/alice is 0757 alice:alice')"
same 'without news nothing is mailed' '' "$(cron)"
mkdir -p /run/systemd/system
chmod o-w /home/alice
same 'where systemd runs cron does nothing' '' "$(cron)"
rmdir /run/systemd/system /run/systemd
same 'mended' "$(hostname): 0 new, 1 mended, 0 still open" "$(cron | head -n 1)"

say '-- upgrade of a changed configuration'
install_packages --allow-downgrades "sshaudit_${version}_$architecture.deb"
printf '\nforecast = 30\n' >>$configuration
mine=$(cat $configuration)
dpkg_quietly -i --force-downgrade --force-confold "/media/sshaudit_0.0.9_$architecture.deb" "/media/libpam-sshaudit_0.0.9_$architecture.deb"
install_packages -o Dpkg::Options::=--force-confold "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
same 'the changed configuration survives' "$mine" "$(cat $configuration)"
rm -f $configuration.dpkg-*
same 'the history survives' 'yes' "$(sshaudit history alice | grep -q home-writable && echo yes)"

say '-- an upgrade keeps the profile of PAM wired'
dpkg_quietly -i --force-downgrade --force-confold "/media/sshaudit_0.0.9_$architecture.deb" "/media/libpam-sshaudit_0.0.9_$architecture.deb"
pam-auth-update --enable sshaudit
wired=$(grep -h sshaudit /etc/pam.d/common-*)
install_packages -o Dpkg::Options::=--force-confold "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
rm -f $configuration.dpkg-*
same 'the same lines' "$wired" "$(grep -h sshaudit /etc/pam.d/common-*)"

say '-- remove'
apt_quietly remove sshaudit libpam-sshaudit
check 'PAM does not name the module' sh -c '! grep -rqs sshaudit /etc/pam.d'
same 'the configuration stays' "$mine" "$(cat $configuration)"
check 'the history stays' test -s /var/lib/sshaudit/history.db
same 'cron has nothing to say' '' "$(cron)"
install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
same 'installed anew, the configuration is still mine' "$mine" "$(cat $configuration)"

say '-- purge'
apt_quietly purge sshaudit libpam-sshaudit
check 'no history' test ! -e /var/lib/sshaudit
check 'no configuration' test ! -e /etc/sshaudit
userdel --remove alice 2>/dev/null
rm /root/key /root/key.pub
