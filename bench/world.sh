# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# The world of the benches: sourced after tests/live/lib.sh, with $here and $dir.
: "${here:=}" "${dir:=}"

skip() # REASON
{
	echo "No bench here: $*"
	exit 0
}

# Sets root, which holds the files, and bus; its boltd is a child of $world_PID.
root='' bus='' world_PID=''
start_world() # SAMPLE
{
	local line
	coproc world { exec umockdev-wrapper /usr/bin/python3 -B "$here/world.py" "$1" 2>"$dir/world.log"; }
	while IFS= read -r line <&"${world[0]}" && [ "$line" != ready ]; do
		case $line in
		root=*) root=${line#*=} ;;
		bus=*) bus=${line#*=} ;;
		esac
	done
	[ "$line" = ready ] || skip "boltd does not start here: $(tail -n 1 "$dir/world.log")"
	export DBUS_SYSTEM_BUS_ADDRESS=$bus
}

end_world()
{
	# shellcheck disable=SC1083 # a descriptor in a variable
	[ -z "$world_PID" ] || exec {world[1]}>&-
}
