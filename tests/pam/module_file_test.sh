#!/bin/sh
# SPDX-License-Identifier: MIT
# What the file of the module brings into its host process: module_file_test.sh MODULE READELF
set -eu
LC_ALL=C
export LC_ALL

module=$1
readelf=$2
failed=0

# same WHAT GOT WANTED
same() {
  [ "$2" = "$3" ] && return
  printf '%s: %s: it is\n%s\nand not\n%s\n' "$module" "$1" "$2" "$3"
  failed=1
}

symbols=$("$readelf" --wide --dyn-syms "$module" | awk '$1 ~ /^[0-9]+:$/ && $8 != "" { print $7, $8 }')
dynamic=$("$readelf" --wide --dynamic "$module")
segments=$("$readelf" --wide --program-headers "$module")

same 'what it exports' "$(printf '%s\n' "$symbols" | awk '$1 != "UND" { print $2 }' | sort)" 'pam_sm_acct_mgmt
pam_sm_authenticate
pam_sm_close_session
pam_sm_open_session
pam_sm_setcred'
same 'what it needs' "$(printf '%s\n' "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort)" 'libc.so.6
libpam.so.0'
taken=$(printf '%s\n' "$symbols" | awk '$1 == "UND" { print $2 }')
same 'what it takes from the C++ library' \
  "$(printf '%s\n' "$taken" | grep -E '^(_Z|__cxa_[^f]|__gxx|_Unwind|__dynamic_cast)' || :)" ''
same 'when it is bound' "$(printf '%s\n' "$dynamic" | grep -c 'BIND_NOW')" 1
same 'whether its tables are read-only' "$(printf '%s\n' "$segments" | grep -c 'GNU_RELRO')" 1
same 'whether its stack is executable' "$(printf '%s\n' "$segments" | awk '$1 == "GNU_STACK" { print $7 }')" RW
same 'whether its code was changed to load it' "$(printf '%s\n' "$dynamic" | grep -c 'TEXTREL' || :)" 0

exit "$failed"
