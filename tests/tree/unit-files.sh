#!/bin/sh
# SPDX-License-Identifier: MIT
# systemd has nothing to say against the units that are shipped, and those that wait cannot hold up a boot for ever: the time
# that systemd gives them is bounded, and longer than what egpu wait takes by itself. usage: unit-files.sh EGPU FOLDER
set -eu
egpu=$(realpath "$1") folder=$2
command -v systemd-analyze >/dev/null || {
	echo "needs systemd-analyze"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0
for file in "$folder"/*.service.in; do
	unit=$dir/$(basename "$file" .in)
	sed "s#@[a-z]*dir@#$(dirname "$egpu")#" "$file" >"$unit"
	said=$(systemd-analyze verify --man=no "$unit" 2>&1) || bad=1
	# It warns, and is content.
	[ -z "$said" ] || {
		echo "$said"
		bad=1
	}
	grep -q '^ExecStart=.*egpu wait' "$unit" || continue
	takes=$(sed -n 's/^ExecStart=.* --timeout \([0-9]*\).*/\1/p' "$unit")
	given=$(sed -n 's/^TimeoutStartSec=\([0-9]*\)$/\1/p' "$unit")
	if [ "${takes:-0}" -eq 0 ] || [ "${given:-0}" -le "$takes" ]; then
		echo "$file: waits ${takes:-for ever}, and systemd gives it ${given:-for ever}"
		bad=1
	fi
	grep -qx 'KillMode=process' "$unit" || {
		echo "$file: systemd would wait for a probe that hangs in the driver"
		bad=1
	}
done
exit $bad
