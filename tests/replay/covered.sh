#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: covered.sh SOURCE-ROOT
# Every cause of the table has a recorded host that shows it.
set -eu
cd "$1"
grep -hoE '\.id = "[^"]+"' src/cause/*.c | cut -d'"' -f2 | sort -u >"${TMPDIR:-/tmp}/egpu-causes.$$"
trap 'rm -f "${TMPDIR:-/tmp}/egpu-causes.$$"' EXIT
cat tests/replay/*/check.txt | grep -oE '\([a-z0-9-]+\)$' | tr -d '()' | sort -u |
	comm -23 "${TMPDIR:-/tmp}/egpu-causes.$$" - | awk '{ print "no recorded host shows " $1; bad = 1 } END { exit bad }'
