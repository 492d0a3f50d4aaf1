#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh EGPU MACHINE-DIR
# A recorded host that nobody set up yet, set up in a scratch copy of it: the plan and the change of its files are, word for
# word, what is written beside it; set up again there is nothing to do and nothing is touched; taken back, every byte is as it
# was. Answers of services stand for what they say before; without them those of the base, which is set up, speak. UPDATE=1
# writes plan.txt and change.diff anew: read the diff before you commit it.
set -eu
egpu=$1 machine=$(realpath "$2")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
host=$scratch/host
cp -r "$machine" "$host"
base=$(sed -n 's/^base=//p' "$machine/egpu-recording")
sed -i "s#^base=.*#base=$(realpath "$machine/$base")#" "$host/egpu-recording"

fail()
{
	echo "$*"
	exit 1
}

# What it says, without the folder that this run is in.
run() # OPTION...
{
	code=0
	"$egpu" "$@" >"$scratch/said" 2>"$scratch/said.err" || code=$?
	sed "s#$scratch/##g" "$scratch/said"
	[ "$code" -lt 2 ] || { cat "$scratch/said.err" && fail "egpu $*: exit status $code"; }
}

files() # DIR: each with its mode and bytes
{
	(cd "$1" && find . -path ./var/lib/egpu -prune -o -type f -print | sort | while read -r file; do
		echo "$file $(stat -c %a "$file") $(sha256sum <"$file")"
	done)
}

touched() # DIR
{
	(cd "$1" && find . -path ./var/lib -prune -o -printf '%p %T@ %C@\n' | sort)
}

compare() # FILE: with what comes in
{
	if [ "${UPDATE-}" ]; then
		cat >"$1"
	else
		diff -u "$1" -
	fi
}

run setup --dry-run --host "$host" | compare "$machine/plan.txt"

files "$host/tree" >"$scratch/before"
uuid=$(sed -n 's/.*boltctl enroll .* //p' "$machine/plan.txt")
run --root "$host/tree" setup --host "$host" --yes --packages ${uuid:+--enclosure "$uuid"} >/dev/null
(cd "$host" && { diff -ruN --exclude=egpu "$machine/tree" tree || :; }) |
	sed -E 's#^(---|\+\+\+) [^ ]*/?tree/([^\t]*)\t.*#\1 /\2#; /^diff /d' | compare "$machine/change.diff"

# What the tools themselves make of the files, by the shell that sources them.
judged()
{
	root=$host/tree
	for preset in "$root"/etc/mkinitcpio.d/*.preset; do
		[ -f "$preset" ] || continue
		# shellcheck disable=SC2016 # for that shell
		bash -c 'set -e; . "$1"; config=${ALL_config:-/etc/mkinitcpio.conf} joined=$(mktemp)
			cat "$0$config" >"$joined"
			[ -n "$ALL_config" ] || cat "$0"/etc/mkinitcpio.conf.d/*.conf >>"$joined" 2>/dev/null || :
			MODULES=; . "$joined"; rm "$joined"; echo "${1##*/}: ${MODULES[*]}"' "$root" "$preset"
	done
	for file in "$root"/etc/dracut.conf.d/*.conf; do
		# shellcheck disable=SC2016
		[ ! -f "$file" ] || bash -c '. "$0"; echo "dracut: $add_drivers"' "$file"
	done
	# shellcheck disable=SC2016
	[ ! -f "$root/etc/default/grub" ] || sh -c 'for f in "$0/etc/default/grub" "$0"/etc/default/grub.d/*.cfg; do
		[ ! -f "$f" ] || . "$f"; done; echo "grub: $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT"' "$root"
	[ ! -f "$root/etc/docker/daemon.json" ] || jq -c . "$root/etc/docker/daemon.json"
	[ ! -d "$root/etc/modprobe.d" ] || modprobe -C "$root/etc/modprobe.d" -c | grep -E '^(options|blacklist) (nvidia|nouveau)' || :
}
judged | compare "$machine/judged.txt"

# Twice is once: what the services now say is that it was done, and new files are there.
later=$scratch/later
cp -a "$host" "$later"
rm -rf "$later/answers" "$later/tree/var/lib/egpu"
sed -n 's/ !ENOENT$//p' "$host/meta" | while read -r path; do
	[ ! -f "$host/tree$path" ] || sed -i "\\#^$path !ENOENT#d" "$later/meta"
done
[ ! -d "$machine/after" ] || cp -r "$machine/after/." "$later/"
touched "$later/tree" >"$scratch/set-up"
again=$(run --root "$later/tree" setup --host "$later" --yes)
[ "$again" = "$(cat "$machine/again.txt" 2>/dev/null || echo 'Nothing to do: all is as it should be.')" ] || fail "set up again it says: $again"
touched "$later/tree" | diff "$scratch/set-up" - || fail "set up again it touched something"

run --root "$host/tree" undo --yes >/dev/null
files "$host/tree" | diff "$scratch/before" - || fail "taken back it is not as it was"
