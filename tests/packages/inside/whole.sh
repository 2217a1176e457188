#!/bin/sh
# SPDX-License-Identifier: MIT
# From installation to removal as an administrator goes, with sshd, rsyslog and PAM as Debian sets them up: whole.sh VERSION ARCHITECTURE
set -eu

version=$1
architecture=$2
# shellcheck source=tests/packages/inside/words.sh disable=SC1091
. /mnt/inside/words.sh

useradd --create-home --shell /bin/sh -g staff alice
useradd --create-home --shell /bin/sh -G staff bob
install -d -m 700 -o alice -g staff /home/alice/.ssh
ssh-keygen -q -t ed25519 -N '' -C here -f /root/alice
install -m 600 -o alice -g staff /root/alice.pub /home/alice/.ssh/authorized_keys
chmod 755 /home/alice
fingerprint=$(ssh-keygen -l -f /root/alice.pub | cut -d ' ' -f 2)
ip address add 192.0.2.7/32 dev lo

login() {
  ssh -F none -b 192.0.2.7 -i /root/alice -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/tmp/known alice@192.0.2.7 'echo in' 2>/tmp/said || :
}
tree() {
  (cd /etc && find pam.d ssh -printf '%p %y %#m %U:%G %l\n' && find pam.d ssh -type f -exec sha256sum {} +) | LC_ALL=C sort
}
# What cron's line runs where it runs.
night() {
  command=$(sed -n 's/.*; then \(.*\); fi$/\1/p' /etc/cron.d/sshaudit)
  [ -n "$command" ] || die 'no command in /etc/cron.d/sshaudit'
  sh -c "$command" 2>&1 || :
}

same 'she logs in' in "$(login)"
tree >/tmp/tree
sshd -T >/tmp/settings
install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
same 'the first night is quiet' '' "$(night)"
sshaudit enable
check 'sshd goes by the drop-in' sh -c 'sshd -T | grep -q "^authorizedkeyscommand /usr/libexec/sshaudit/sshaudit-log-refusal "'
check 'status says that it works' sshaudit status
same 'she still logs in' in "$(login)"

chmod g+w /home/alice
same 'she is refused' '' "$(login)"
line=
for _ in $(seq 300); do
  line=$(sed -n 's/^.* sshaudit\[[0-9]*\]: //p' /var/log/auth.log | grep 'user=alice' || :)
  [ -z "$line" ] || break
  sleep 0.1
done
same 'the line in /var/log/auth.log' "key login refused: user=alice key=\"ED25519 $fingerprint\" from=192.0.2.7 rule=home-writable path=/home/alice: is 0775 alice:staff, writable by group \"staff\" (alice, bob); fix: chmod g-w /home/alice" "$line"

same 'what cron mails' "$(hostname): 1 new, 0 mended, 0 still open" "$(night | head -n 1)"
same 'the next night' '' "$(night)"
sshaudit fix --yes alice
same 'mended, she logs in' in "$(login)"
same 'the night after' "$(hostname): 0 new, 1 mended, 0 still open" "$(night | head -n 1)"
same 'and silence again' '' "$(night)"

sshaudit disable
same '/etc/pam.d and /etc/ssh are as they were' '' "$(tree | diff /tmp/tree - || :)"
same 'sshd -T as well' '' "$(sshd -T | diff /tmp/settings - || :)"
same 'she logs in' in "$(login)"
sshaudit enable >/dev/null
apt_quietly purge libpam-sshaudit sshaudit
same 'purged while it is wired in: as it was' '' "$(tree | diff /tmp/tree - || :)"
same 'she logs in' in "$(login)"

say '-- what was wired in by hand keeps the package there, until it is taken out by hand'
install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
printf 'AuthorizedKeysCommand /usr/libexec/sshaudit/sshaudit-log-refusal %%u %%U %%h %%t %%f %%k\nAuthorizedKeysCommandUser root\n' \
  >/etc/ssh/sshd_config.d/30-mine.conf
check 'the removal fails' sh -c '! apt-get -y purge libpam-sshaudit </dev/null >/tmp/said 2>&1'
check 'it says which line' grep -q 'left alone: /etc/ssh/sshd_config.d/30-mine.conf:1 runs the logger' /tmp/said
check 'nothing of the package is gone' test -x /usr/libexec/sshaudit/sshaudit-log-refusal
rm /etc/ssh/sshd_config.d/30-mine.conf
apt_quietly purge libpam-sshaudit sshaudit
userdel --remove alice 2>/dev/null
userdel --remove bob 2>/dev/null
