#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: all.sh EGPU HOSTS-DIR
# Every recorded host can be drawn, as well-formed XML, and no line is wider than 80 columns.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
for host in "$2"/*/; do
	[ -f "$host/egpu-recording" ] || continue
	code=0
	"$1" timeline --svg "$dir/$(basename "$host").svg" --host "$host" >"$dir/text" || code=$?
	[ $code -le 1 ] || { echo "$host: exit $code" && failed=1; }
	! grep -nE '^.{81}' "$dir/text" || { echo "$host: too wide" && failed=1; }
done
/usr/bin/python3 - "$dir"/*.svg <<'PY' || failed=1
import sys
import xml.etree.ElementTree as tree
for path in sys.argv[1:]:
    tree.parse(path)
print(len(sys.argv) - 1, "pictures")
PY
exit $failed
