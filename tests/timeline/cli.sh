#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: cli.sh EGPU HOST-DIR
# What egpu timeline says to wrong calls and to files that it may not write, and what it leaves there.
set -eu
egpu=$1 host=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

refuses() # STATUS PATTERN ARGUMENT...
{
	want=$1 pattern=$2 code=0
	shift 2
	"$egpu" timeline "$@" >"$dir/out" 2>"$dir/err" || code=$?
	[ "$code" = "$want" ] && grep -q -e "$pattern" "$dir/err" && [ ! -s "$dir/out" ] && return
	echo "egpu timeline $*: exit $code, $(cat "$dir/err")"
	failed=1
}

refuses 64 "no argument 'x'" x
refuses 64 "no option '--nope'" --nope
refuses 64 "needs a value" --svg
refuses 64 "needs a name" --svg ''
refuses 64 "both go to the output" --json --svg - --host "$host"
refuses 64 "takes external, any" --gpu nonsense
refuses 70 "No such file" --host "$dir/none"
refuses 70 "No such file or directory" --svg "$dir/none/a.svg" --host "$host"
mkdir "$dir/folder"
refuses 70 "no plain file" --svg "$dir/folder" --host "$host"
refuses 70 "no plain file" --svg /dev/full --host "$host"

# As a new file would be, or as the one that it replaces; nothing is left beside it.
mkdir "$dir/svg"
(umask 027 && "$egpu" timeline --svg "$dir/svg/a.svg" --host "$host" >/dev/null)
[ "$(stat -c %a "$dir/svg/a.svg")" = 640 ] || { echo "mode of a new file" && failed=1; }
chmod 604 "$dir/svg/a.svg"
"$egpu" timeline --svg "$dir/svg/a.svg" --host "$host" >/dev/null
[ "$(stat -c %a "$dir/svg/a.svg")" = 604 ] || { echo "mode of a replaced file" && failed=1; }
[ "$(ls -A "$dir/svg")" = a.svg ] || { echo "left beside it: $(ls -A "$dir/svg")" && failed=1; }

# A line of /etc/egpu.conf that does not count is told, as by egpu check.
mkdir -p "$dir/typo/tree/etc"
printf 'version=1\nbase=%s\n' "$(realpath "$host")" >"$dir/typo/egpu-recording"
printf '[boot]\nearly = perhaps\n' >"$dir/typo/tree/etc/egpu.conf"
"$egpu" timeline --host "$dir/typo" 2>&1 >/dev/null | grep -qF "egpu.conf:2: early takes yes" ||
	{ echo "a wrong line of egpu.conf is not told" && failed=1; }
exit $failed
