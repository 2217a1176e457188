#!/bin/sh
# SPDX-License-Identifier: MIT
# What the newest heading of the changelog, "## 0.1.0 (2026-11-27)", says: version.sh version|date|epoch
# epoch is that date as SOURCE_DATE_EPOCH: seconds, midnight UTC.
set -eu

changelog=$(cd "$(dirname "$0")/.." && pwd)/CHANGELOG.md
newest=$(sed -n 's/^## \([0-9.]*\) (\([0-9-]*\))$/\1 \2/p;T;q' "$changelog")
[ -n "$newest" ] || { printf 'version.sh: %s: no heading such as "## 0.1.0 (2026-11-27)"\n' "$changelog" >&2; exit 2; }
case ${1:-} in
  version) printf '%s\n' "${newest% *}" ;;
  date) printf '%s\n' "${newest#* }" ;;
  epoch) date --utc --date "${newest#* }" +%s ;;
  *) printf 'usage: version.sh version|date|epoch\n' >&2; exit 2 ;;
esac
