#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: fix.sh EGPU MACHINE-DIR
# What `egpu fix` would do on a recorded host must be what is written in its fix.txt, word for word, and its exit status too;
# options of it stand in its file `fix-options`. A host that is broken and has no fix.txt must get a step all the same.
# UPDATE=1 writes fix.txt anew where there is one: read the diff before you commit it.
set -eu
options=
[ ! -f "$2/options" ] || options=$(grep -v -e --link "$2/options" || :)
[ ! -f "$2/fix-options" ] || options="$options $(cat "$2/fix-options")"
code=0
# shellcheck disable=SC2086
said=$("$1" fix --dry-run $options --host "$2") || code=$?
said="$said
exit $code"
if [ -f "$2/fix.txt" ]; then
	if [ "${UPDATE-}" ]; then printf '%s\n' "$said" >"$2/fix.txt"; fi
	printf '%s\n' "$said" | diff -u "$2/fix.txt" -
	exit
fi
[ "$code" -lt 2 ] || { echo "$said" && exit 1; }
case $(tail -n 1 "$2/check.txt") in
"exit 2")
	printf '%s\n' "$said" | grep -qE '^( *[0-9]+\. |  \[ \] )' || { echo "no step for what is broken: $said" && exit 1; }
	;;
esac
