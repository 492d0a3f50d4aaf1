#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: covered.sh SOURCE-ROOT
# Every cause of the table has a recorded host that shows it, or a paste in which it stands first.
set -eu
cd "$1"
causes=$(mktemp)
trap 'rm -f "$causes"' EXIT
grep -hoE '\.id = "[^"]+"' src/cause/*.c src/cause/*/*.c | cut -d'"' -f2 | sort -u >"$causes"
{
	cat tests/replay/*/check.txt | grep -oE '\([a-z0-9-]+\)$' | tr -d '()'
	sed -n 's/^= \([a-z0-9-]*\).*/\1/p' tests/explain/*.txt
} | sort -u | comm -23 "$causes" - | awk '{ print "no recorded host and no paste shows " $1; bad = 1 } END { exit bad }'
