#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages come, are wired in, are upgraded and go while users log in twenty times a second: busy.sh VERSION ARCHITECTURE
set -eu

version=$1
architecture=$2
# shellcheck source=tests/packages/inside/words.sh disable=SC1091
. /mnt/inside/words.sh

is_known() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -q -v '^not-installed'; }
if is_known sshaudit; then apt_quietly purge sshaudit; fi
for user in first second third; do
  useradd --create-home --shell /bin/sh "$user"
  install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
  install -m 600 -o "$user" -g "$user" /root/key.pub "/home/$user/.ssh/authorized_keys"
done
# More logins at once than the default lets wait, on a host that is busy with other things.
printf 'MaxStartups 1000\n' >/etc/ssh/sshd_config.d/20-test.conf
systemctl restart ssh
tree() { (cd /etc && find pam.d ssh -type f -exec sha256sum {} + | LC_ALL=C sort -k 2); }
tree >/tmp/tree
mkdir /run/logins
: >/run/logins/count
: >/run/logins/failed
printf '1\n' >/run/logins/attempts
/mnt/inside/logins.sh &
logins=$!
begin=$(date +%s)
# So many more before the next step, however long that takes.
let_in() {
  wanted=$(($(wc -l </run/logins/count) + $1))
  while [ "$(wc -l </run/logins/count)" -lt "$wanted" ]; do sleep 0.1; done
}
is_wired() { grep -qs pam_sshaudit /etc/pam.d/common-auth && sshaudit status; }
let_in 20
say '-- packages alone'
install_packages "sshaudit_0.0.9_$architecture.deb" "libpam-sshaudit_0.0.9_$architecture.deb"
let_in 20
install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
let_in 20
apt_quietly purge libpam-sshaudit sshaudit
let_in 20
# Whoever has sshd read its configuration anew closes its port for some milliseconds (sshd(8), SIGHUP): a connection that
# is refused then is tried again, a second later.
printf '3\n' >/run/logins/new
mv /run/logins/new /run/logins/attempts
let_in 20
for round in 1 2; do
  say "-- wired in, round $round"
  install_packages "sshaudit_0.0.9_$architecture.deb" "libpam-sshaudit_0.0.9_$architecture.deb"
  check 'wired in' sshaudit enable
  let_in 20
  install_packages "sshaudit_${version}_$architecture.deb" "libpam-sshaudit_${version}_$architecture.deb"
  check 'an upgrade keeps it wired in' is_wired
  let_in 20
  if [ $round = 2 ]; then apt_quietly purge libpam-sshaudit sshaudit; else apt_quietly purge libpam-sshaudit; fi
  same 'removed: /etc/pam.d and /etc/ssh are as they were' '' "$(tree | diff /tmp/tree - || :)"
  let_in 20
  if is_known sshaudit; then apt_quietly purge sshaudit; fi
done
seconds=$(($(date +%s) - begin))
: >/run/logins/stop
wait $logins
count=$(wc -l </run/logins/count)
same "none of $count logins failed, $((count / (seconds > 0 ? seconds : 1))) a second" '' "$(cat /run/logins/failed)"
[ "$count" -gt 200 ] || die "only $count logins"
same 'nothing is left' '' "$(find / -xdev -iname '*sshaudit*' -not -path '/mnt/*' -not -path '/media/*' -not -path '/proc/*' -not -path '/var/lib/systemd/catalog/*' | grep -v -e ^/var/log/)"
