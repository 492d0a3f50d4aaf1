#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: shown.sh EGPU
# What a person sees, word for word: shown/NAME.paste as it is pasted, NAME.txt as it is told. UPDATE=1 writes NAME.txt anew.
set -u
egpu=$(realpath "$1")
cd "$(dirname "$0")/shown" || exit 1
count=0 failed=0
check() # WHAT: $? of the command before
{
	if [ $? -eq 0 ]; then echo "ok $((count += 1)) - $1"; else echo "not ok $((count += 1)) - $1" && failed=1; fi
}
exits() # STATUS COMMAND...
{
	wanted=$1
	shift
	"$@" >/dev/null 2>&1
	[ $? -eq "$wanted" ]
}
for paste in *.paste; do
	name=${paste%.paste}
	said=$("$egpu" explain --distro arch <"$paste") && status=0 || status=$?
	said="$said
exit $status"
	if [ "${UPDATE-}" ]; then printf '%s\n' "$said" >"$name.txt"; fi
	printf '%s\n' "$said" | diff -u "$name.txt" - | sed 's/^/# /' >&2
	printf '%s\n' "$said" | cmp -s "$name.txt" -
	check "$name"
done

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$egpu" explain <escapes.paste | LC_ALL=C grep -q "$(printf '[\033\007\r]')"
[ $? -eq 1 ]
check 'no escape reaches the terminal'
exits 2 "$egpu" explain 'nvidia-container-cli: initialization error: nvml error: driver/library version mismatch'
check 'an error message may be an argument'
cp iommu.paste "$dir/a log"
exits 2 "$egpu" explain "$dir/a log"
check 'a file may be an argument'
exits 70 "$egpu" explain "$dir/none.log"
check 'a file that is not there is trouble'
exits 70 "$egpu" explain "$dir"
check 'a folder is trouble'
exits 64 "$egpu" explain /dev/zero
check 'a device without an end is no log'
gpus() { printf 'NVRM: Xid (PCI:0000:%s:00): 79, GPU has fallen off the bus.\n' "$1"; }
gpus 01 | exits 3 "$egpu" explain --gpu 22:00.0
check 'with --gpu a line about another GPU does not count'
gpus 22 | exits 2 "$egpu" explain --gpu 22:00.0
check 'with --gpu a line about that GPU counts'
gpus 22 | exits 2 "$egpu" explain --gpu external
check '--gpu external leaves it to the text'
gzip -c iommu.paste >"$dir/log.gz"
"$egpu" explain "$dir/log.gz" 2>&1 | grep -q "zcat $dir/log.gz | egpu explain"
check 'a compressed file is told how to read'
entry() { "$egpu" explain --distro "$1" docker-socket-on-tcp; }
[ "$(entry nixos | grep -c nixos-rebuild)" = 1 ] && [ "$(entry arch | grep -cE 'nixos|[{}|]')" = 0 ]
check 'the entry of a cause has the remedies of one distribution'
"$egpu" explain --json docker-socket-on-tcp | grep -q '"nixos|sudo nixos-rebuild switch"'
check 'as JSON it has those of all'
exits 64 "$egpu" explain --no-such
check 'a wrong option is a usage error'
exits 64 "$egpu" explain --distro
check 'an option without its value is a usage error'
exits 64 "$egpu" explain --distro slackware
check 'an unknown distribution is a usage error'
"$egpu" explain container-devices-lost | grep -q 'Unknown Error'
check "a cause's entry has its signs"
[ "$("$egpu" explain --list | wc -l)" -ge 90 ]
check 'the list has at least 90 causes'
# A cause is told while the text still comes.
mkfifo "$dir/fifo"
"$egpu" explain --follow <"$dir/fifo" >"$dir/told" &
exec 9>"$dir/fifo"
echo 'NVRM: Xid (PCI:0000:22:00): 79, GPU has fallen off the bus.' >&9
n=0
while ! grep -q gpu-fallen-off-bus "$dir/told" && [ $((n += 1)) -le 100 ]; do sleep 0.05; done
grep -q gpu-fallen-off-bus "$dir/told"
check '--follow tells a cause before the text ends'
echo 'NVRM: API mismatch: the client has the version 1.1, but' >&9
echo 'NVRM: Xid (PCI:0000:22:00): 79, GPU has fallen off the bus.' >&9
exec 9>&-
wait
[ "$(grep -c 'gpu-fallen-off-bus)$' "$dir/told")" = 1 ] && grep -q driver-version-mismatch "$dir/told"
check '--follow tells each cause once'
head -c 64000000 /dev/zero | tr '\0' x >"$dir/long"
{ echo && echo 'NVRM: API mismatch: the client has the version 1.1, but'; } >>"$dir/long"
exits 2 "$egpu" explain "$dir/long"
check 'what follows a line of 64 MB is read'
echo "1..$count"
exit $failed
