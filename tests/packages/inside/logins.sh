#!/bin/sh
# SPDX-License-Identifier: MIT
# logins.sh: twenty logins a second, of three users, until /run/logins/stop is there. /run/logins/failed has what ssh said of
# one that failed, /run/logins/count a line for each; /run/logins/attempts says how often a connection is tried.
set -eu

one() {
  if ! ssh -F none -i /root/key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/run/logins/known \
    -o KexAlgorithms=curve25519-sha256 -o ConnectTimeout=30 -o "ConnectionAttempts=$(cat /run/logins/attempts)" "$1@127.0.0.1" true >"/run/logins/$2" 2>&1; then
    { printf '%s %s: ' "$1" "$2"; cat "/run/logins/$2"; } >>/run/logins/failed
  fi
  rm -f "/run/logins/$2"
  printf '.\n' >>/run/logins/count
}
# A little more often than is asked for, as starting them takes time, too.
many() {
  number=0
  while [ ! -e /run/logins/stop ]; do
    number=$((number + 1))
    one "$1" "$1-$number" &
    sleep 0.12
  done
  wait
}
many first &
many second &
many third &
wait
