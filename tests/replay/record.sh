#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: record.sh EGPU HOSTS-DIR
# A recording of a host must be judged as the host is, word for word, for every host of the directory.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
for host in "$2"/*/; do
	[ -f "$host/egpu-recording" ] || continue
	options=
	[ ! -f "$host/options" ] || options=$(cat "$host/options")
	gpu=$(printf '%s\n' "$options" | tr ' ' '\n' | grep -A1 -E -e '^--(gpu|display)' | tr '\n' ' ') || gpu=
	rm -f "$dir/host.tar.zst"
	# shellcheck disable=SC2086
	"$1" record $gpu --host "$host" -o "$dir/host.tar.zst" >/dev/null
	status=0
	# shellcheck disable=SC2086
	said=$("$1" check $options --host "$dir/host.tar.zst") || status=$?
	printf '%s\nexit %s\n' "$said" "$status" | diff -u "$host/check.txt" - || failed=1
done
exit $failed
