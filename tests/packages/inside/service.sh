#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs where systemd does: the unit of the nightly run sees what a run without its sandbox sees. service.sh VERSION ARCHITECTURE
set -eu

version=$1
architecture=$2
# shellcheck source=tests/packages/inside/words.sh disable=SC1091
. /mnt/inside/words.sh

/mnt/inside/accounts.sh
install_packages "sshaudit_${version}_$architecture.deb"
same 'the timer is on, and waits' 'enabled active' "$(systemctl is-enabled sshaudit.timer) $(systemctl is-active sshaudit.timer)"
same 'the service did not run when it was installed' '' "$(journalctl -q -o cat -u sshaudit.service)"
same 'systemd-analyze verify' '' "$(systemd-analyze verify --man=no /lib/systemd/system/sshaudit.timer /lib/systemd/system/sshaudit.service 2>&1 | grep sshaudit || :)"
systemd-analyze security --offline=true sshaudit.service --no-pager | tail -n 1

said() { journalctl --sync; journalctl -q -o cat -u sshaudit.service _TRANSPORT=stdout + _SYSTEMD_UNIT=sshaudit.service _TRANSPORT=stdout; }
systemctl start sshaudit.service
inside=$(said)
same 'what it printed, where findings are no failure' 'success 1' "$(systemctl show -P Result -P ExecMainStatus sshaudit.service | paste -s -d ' ')"
mv /var/lib/sshaudit /root/by-the-service
outside=$(sshaudit --all-users --changes | grep -v '^$') # the journal leaves out empty lines
[ "$(printf '%s\n' "$outside" | wc -l)" -gt 20 ] || die "too little to compare: $outside"
same "a run outside of the sandbox prints the same $(printf '%s\n' "$outside" | wc -l) lines" "$outside" "$inside"
systemctl start sshaudit.service
same 'the second night is silent, and knows the first' "$inside" "$(said)"
same 'the state directory' '700 root:root' "$(stat -c '%a %U:%G' /var/lib/sshaudit)"

# The recipe of sshaudit(8) for mail. A mail(1) of our own takes what it is given, and with -E nothing without text.
# shellcheck disable=SC2016 # for the other shell
printf '#!/bin/sh\ntext=$(cat)\n[ -z "$text" ] || printf "%%s\\n" "$*" "$text" >/var/tmp/mailed\n' >/usr/local/bin/mail
chmod 755 /usr/local/bin/mail
mkdir /run/systemd/system/sshaudit.service.d
# The units stand in the page as they are to be typed.
page() { man_page=/usr/share/man/man8/sshaudit.8.gz; gzip -dc $man_page | sed -n "/$1/,/^\\.RE/p" | sed -n '/^\[/,/^\.RE/p' | sed '/^\.RE/d; s/\\-/-/g; s/\\(aq/'"'"'/g'; }
page 'service\.d\/mail\.conf' >/run/systemd/system/sshaudit.service.d/mail.conf
page 'system\/sshaudit\\-mail@\.service$' >/run/systemd/system/sshaudit-mail@.service
systemctl daemon-reload
mailed_at() { systemctl show -P InactiveEnterTimestampMonotonic sshaudit-mail@success.service; }
# A night, up to the end of the unit that mails.
mailed_night() {
  before=$(mailed_at)
  systemctl start sshaudit.service
  for _ in $(seq 300); do
    [ "$(mailed_at)" = "$before" ] || return 0
    sleep 0.1
  done
  die 'the unit that mails was not started'
}
first=$(printf '%s\n' "$outside" | sed -n '1s/.*: \([0-9]*\) new, 0 mended, 0 still open$/\1/p')
[ "$first" -gt 5 ] || die "no news of the first night in: $outside"
chmod o-w /home/open
mailed_night
same 'what is mailed' "-E -s $(hostname): sshaudit root
$(hostname): 0 new, 1 mended, $((first - 1)) still open" "$(head -n 2 /var/tmp/mailed)"
rm /var/tmp/mailed
mailed_night
check 'without news there is no mail' test ! -e /var/tmp/mailed
rm -r /run/systemd/system/sshaudit.service.d /run/systemd/system/sshaudit-mail@.service /usr/local/bin/mail
systemctl daemon-reload

# Every notice too, and every fact: the report for programs.
mkdir /run/systemd/system/sshaudit.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/sshaudit --all-users --format ndjson -o /var/lib/sshaudit/report\n' >/run/systemd/system/sshaudit.service.d/report.conf
systemctl daemon-reload
systemctl start sshaudit.service
facts() { sed 's/"generated":"[^"]*"//' "$1"; }
facts /var/lib/sshaudit/report >/tmp/inside
sshaudit --all-users --format ndjson -o /tmp/report || :
facts /tmp/report >/tmp/outside
[ "$(wc -l </tmp/outside)" -gt 20 ] || die 'too little to compare'
same "the report for programs is the same: $(wc -l </tmp/outside) lines, $(wc -c </tmp/outside) bytes" '' "$(diff /tmp/outside /tmp/inside || :)"
check 'inside, too, sshd -T was asked, and agrees' grep -q '"self_check":"same"' /tmp/inside
rm -r /run/systemd/system/sshaudit.service.d /root/by-the-service
systemctl daemon-reload
