#!/bin/sh
# SPDX-License-Identifier: MIT
# Accounts for the nightly run to find something with: homes and files of every kind of rights.
set -eu

ssh-keygen -q -t ed25519 -N '' -C here -f /root/key
add() {
  useradd --create-home --shell "${2:-/bin/sh}" "$1"
  install -d -m 700 -o "$1" -g "$1" "/home/$1/.ssh"
  install -m 600 -o "$1" -g "$1" /root/key.pub "/home/$1/.ssh/authorized_keys"
}
add well
add open
chmod 757 /home/open
add shared
chmod 666 /home/shared/.ssh/authorized_keys
add locked
chown root:root /home/locked
chmod 700 /home/locked
add stolen
chown well /home/stolen/.ssh/authorized_keys
chmod 600 /home/stolen/.ssh/authorized_keys
add ended /usr/sbin/nologin
add expired
usermod --expiredate 1 expired
add forced
install -d -m 700 -o well /home/well/bin
install -m 700 -o well /bin/true /home/well/bin/tool
printf 'command="/home/well/bin/tool" %s\n' "$(cat /root/key.pub)" >/home/forced/.ssh/authorized_keys
# Root may run that, whatever the capabilities of who asks.
install -d -m 700 /root/.ssh
printf 'command="/home/well/bin/tool" %s\n' "$(cat /root/key.pub)" >/root/.ssh/authorized_keys
# A configuration that only root may read, and a list of revoked keys that ssh-keygen is asked about.
printf 'RevokedKeys /etc/ssh/revoked\n' >/etc/ssh/sshd_config.d/10-revoked.conf
chmod 600 /etc/ssh/sshd_config.d/10-revoked.conf
ssh-keygen -q -t ed25519 -N '' -f /root/revoked
ssh-keygen -q -k -f /etc/ssh/revoked /root/revoked.pub
add revoked
install -m 600 -o revoked -g revoked /root/revoked.pub /home/revoked/.ssh/authorized_keys
