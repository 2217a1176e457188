#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes debian/changelog from CHANGELOG.md to standard output: one entry for each release.
set -eu

packaging=$(cd "$(dirname "$0")" && pwd)
maintainer=$(sed -n 's/^Maintainer: //p' "$packaging/debian/control")

awk -v maintainer="$maintainer" '
  function wrap(text, first, rest,    words, count, line, i) {
    count = split(text, words, " ")
    line = first
    for (i = 1; i <= count; ++i) {
      if (length(line) + length(words[i]) > 78 && line != first) { print line; line = rest }
      line = line (i > 1 && line != rest ? " " : "") words[i]
    }
    print line
  }
  function end_item() { if (item != "") wrap(item, "  * ", "    "); item = "" }
  function end_release(    command, stamp) {
    end_item()
    if (date == "") return
    command = "LC_ALL=C date --utc --rfc-email --date " date
    command | getline stamp
    close(command)
    printf "\n -- %s  %s\n", maintainer, stamp
  }
  /^## [0-9.]+ \([0-9-]+\)$/ {
    end_release()
    if (date != "") print ""
    sections = 0
    date = substr($3, 2, length($3) - 2)
    printf "sshaudit (%s) unstable; urgency=medium\n\n", $2
    next
  }
  date == "" { next }
  /^### / { end_item(); printf "%s  [ %s ]\n", sections++ ? "\n" : "", substr($0, 5); next }
  /^- / { end_item(); item = substr($0, 3); next }
  /^  / { item = item " " substr($0, 3); next }
  { end_item() }
  END { end_release() }
' "$packaging/../CHANGELOG.md"
