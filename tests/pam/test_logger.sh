#!/bin/sh
# SPDX-License-Identifier: MIT
# Stands in for the logger: appends its words to the file told.PID beside it, each ended by a NUL and all by one more.
# PID is that of the process that the module runs in, as --process= says. The user is told one line.

for word; do
  case $word in
    --process=*) told=${0%/*}/told.${word#*=} ;;
  esac
done
printf '%s\0' "$0" "$@" '' >>"$told"
[ "$1" != --pam=tell ] || printf 'Not today,\n\033[1myou.\n'
