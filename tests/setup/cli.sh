#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: cli.sh EGPU LIVE-LIB
# What `egpu setup`, `fix`, `undo` and `metrics` say to whoever asks for the wrong thing, says no, or is not alone. TAP.
set -eu
egpu=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
need script flock
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
host=$dir/host root=$dir/host/tree
cp -r "$here/arch" "$host"
sed -i "s#^base=.*#base=$(realpath "$here/../../data/hosts/reference")#" "$host/egpu-recording"
uuid=00000000-0000-4000-8000-000000000003
entry=$root/boot/loader/entries/arch.conf
cp "$entry" "$dir/entry"
mkdir "$dir/unguarded"

# Ends with STATUS, and one of its lines has TEXT in it.
says() # STATUS TEXT OPTION...
{
	status=$1 text=$2 code=0
	shift 2
	"$egpu" "$@" >"$dir/said" 2>&1 </dev/null || code=$?
	if [ "$code" != "$status" ] || ! grep -qF -- "$text" "$dir/said"; then
		cat "$dir/said"
		echo "exit status $code"
		return 1
	fi
}
setup() # STATUS TEXT OPTION...
{
	status=$1 text=$2
	shift 2
	says "$status" "$text" --root "$root" setup --host "$host" "$@"
}
untouched()
{
	cmp "$dir/entry" "$entry"
}
# Answers at a terminal, a line each.
typed() # ANSWERS TEXT OPTION...
{
	answers=$1 text=$2
	shift 2
	# shellcheck disable=SC2059 # line feeds
	printf "$answers" | script -qec "'$egpu' --root '$root' setup --host '$host' $*" /dev/null >"$dir/said" 2>&1 || :
	grep -qF -- "$text" "$dir/said" || { cat "$dir/said" && return 1; }
}

ok "a theme that is not known" says 64 "no theme 'runtim'; --list names them" setup --only runtim
ok "an experiment that is not known" says 64 "no experiment 'x'" setup --experiment x
ok "a cause that is not known" says 64 "no cause and no link 'x'" fix x
ok "an argument too many" says 64 "one transaction at a time" undo a b
ok "a guard that does not run is not said to act" says 0 "none seems to run" --root "$dir/unguarded" guard --resume
ok "a pause says how to end it" says 0 "sudo egpu guard --resume" --root "$dir/unguarded" guard --pause
ok "themes are listed" says 0 "nvidia-persistenced, which keeps the driver awake" setup --list
ok "experiments say whom they helped and hurt" says 0 "hurt:" setup --experiments
metrics() # STATUS TEXT OPTION...
{
	status=$1 text=$2
	shift 2
	says "$status" "$text" metrics --host "$host" "$@"
}
mkdir "$dir/prom"
ok "metrics say what is wrong, and are no failure" metrics 0 'egpu_root_cause{'
ok "an argument too many for metrics" metrics 64 "no argument 'x'" x
ok "a file for metrics" metrics 64 "takes a file, not the directory '$dir/prom/'" --textfile "$dir/prom/"
ok "whose directory is there" metrics 70 "No such file or directory" --textfile "$dir/none/egpu.prom"
ok "is written, and nothing is printed" is '' "$egpu" metrics --host "$host" --textfile "$dir/prom/egpu.prom"
ok "with nothing beside it" is egpu.prom ls -A "$dir/prom"
ok "for all to read" is 644 stat -c %a "$dir/prom/egpu.prom"
ln -sf "$dir/elsewhere" "$dir/prom/egpu.prom"
ok "a link there is replaced, not followed" is '' "$egpu" metrics --host "$host" --textfile "$dir/prom/egpu.prom"
ok "and nothing is written where it led" test ! -e "$dir/elsewhere" -a ! -L "$dir/prom/egpu.prom"
mkdir "$dir/prom/dir.prom"
ok "a directory there is an error" metrics 70 "Is a directory" --textfile "$dir/prom/dir.prom"
ok "which leaves nothing behind" is 'dir.prom
egpu.prom' ls -A "$dir/prom"
in_current_directory()
{
	(cd "$dir/prom" && "$egpu" metrics --host "$host" --textfile here.prom && test -s here.prom)
}
ok "a name in the current directory" in_current_directory
ok "a plan that comes to nothing leaves no trace" setup 0 "Nothing to do" --only modules --yes
ok "not even a lock" test ! -e "$root/var/lib/egpu"
ok "there is nothing to take back" says 0 "Nothing to take back" --root "$root" undo --yes
ok "a transaction that there is not" says 70 "20200101-000000-1" --root "$root" undo 20200101-000000-1 --yes

ok "a recording alone is only planned for" says 0 "set nvidia_drm.modeset=0" setup --host "$host" --only cmdline
ok "and not touched" untouched
ok "without a terminal nobody says yes" setup 70 "--yes agrees to the plan" --only cmdline
ok "and nothing is done" untouched
ok "an enclosure needs more than a yes" setup 70 "--enclosure $uuid agrees to it" --yes
ok "and then nothing at all is done" untouched
ok "at a terminal no is no" typed 'n\n' "Nothing was done." --only cmdline
ok "and nothing is done then" untouched
ok "yes is yes" typed 'y\n' "Done. To take it back: egpu undo" --only cmdline
ok "and the entry is changed" grep -q "nvidia_drm.modeset=0" "$entry"
ok "what is as wanted is not planned again" setup 0 "Nothing to do" --only cmdline --yes
ok "a plan in JSON" setup 0 '"kind": "file"' --only initramfs --json --dry-run

echo "# by hand" >>"$entry"
ok "what somebody edited since is not taken back" says 70 "edited since" --root "$root" undo --yes
ok "the difference is shown" grep -qF '+# by hand' "$dir/said"
sed -i '$d' "$entry"
flock "$root/var/lib/egpu/lock" sleep 5 &
sleep 0.3
ok "two at once: the second says so" says 70 "is at it" --root "$root" undo --yes
wait
ok "taken back" says 0 "Done." --root "$root" undo --yes
ok "byte for byte" untouched

# Experiments
ok "an experiment is tried" setup 0 "shows before and after" --experiment realloc --yes
ok "in the entry of the kernel with the driver" grep -q ' pci=realloc$' "$entry"
ok "another one waits" setup 70 "the experiment realloc is on; one at a time: egpu undo" --experiment aspm-off --yes
ok "before and after side by side" setup 0 "256 MiB                 256 MiB" --experiment realloc
ok "it is taken back by one command" says 0 "Done." --root "$root" undo --yes
ok "and is as it never was" untouched

# A process that is stuck in the driver: nothing that would wait for it is done
mkdir -p "$host/answers/processes"
cp "$here/../replay/wedged-driver/answers/processes/stuck" "$host/answers/processes/"
ok "docker is not restarted on a wedged driver" setup 0 "restart docker with the new daemon.json, but only after a reboot" --dry-run
ok "nor is a container made anew" grep -q "ollama, but only after a reboot" "$dir/said"
rm -r "$host/answers/processes"

printf '[boot]\nearly = perhaps\n' >"$root/etc/egpu.conf"
ok "wishes that are not understood set nothing up" setup 70 "/etc/egpu.conf:2: early takes yes, no or keep" --yes
done_testing
