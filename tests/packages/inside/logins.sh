#!/bin/sh
# SPDX-License-Identifier: MIT
# logins.sh: twenty logins a second, of three users, until /run/logins/stop is there. /run/logins/failed has what ssh said of
# one that failed, /run/logins/count a line for each; /run/logins/attempts says how often a connection is tried.
set -eu

# attempt USER ATTEMPTS
attempt() {
  ssh -F none -i /root/key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/run/logins/known \
    -o KexAlgorithms=curve25519-sha256 -o ConnectTimeout=30 -o "ConnectionAttempts=$2" "$1@127.0.0.1" true
}
# Who stood in the queue of a port that was closed has not said a word of a login yet, and may come again.
is_before_the_login() { grep -qE '^(kex_exchange_identification|banner exchange):' "$1"; }
one() {
  attempts=$(cat /run/logins/attempts)
  until attempt "$1" "$attempts" >"/run/logins/$2" 2>&1; do
    if [ "$attempts" -le 1 ] || ! is_before_the_login "/run/logins/$2"; then
      { printf '%s %s: ' "$1" "$2"; cat "/run/logins/$2"; } >>/run/logins/failed
      break
    fi
    attempts=$((attempts - 1))
    sleep 1
  done
  rm -f "/run/logins/$2"
  printf '.\n' >>/run/logins/count
}
# A little more often than is asked for, as starting them takes time, too; not many at once where they take long.
many() {
  number=0
  while [ ! -e /run/logins/stop ]; do
    number=$((number + 1))
    one "$1" "$1-$number" &
    sleep 0.12
    while [ "$(find /run/logins -name "$1-*" | wc -l)" -gt 20 ]; do sleep 0.1; done
  done
  wait
}
many first &
many second &
many third &
wait
