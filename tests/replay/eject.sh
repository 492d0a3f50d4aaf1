#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: eject.sh EGPU MACHINE-DIR
# What `egpu eject` would do on a recorded host must be what is written in its eject.txt, word for word, and its exit status too.
# UPDATE=1 writes eject.txt anew: read the diff before you commit it.
set -eu
options=
[ ! -f "$2/options" ] || options=$(grep -v -e --link "$2/options" || :)
code=0
# shellcheck disable=SC2086
said=$("$1" eject --dry-run $options --host "$2" 2>&1) || code=$?
said="$said
exit $code"
if [ "${UPDATE-}" ]; then printf '%s\n' "$said" >"$2/eject.txt"; fi
printf '%s\n' "$said" | diff -u "$2/eject.txt" -
