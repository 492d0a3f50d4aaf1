#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: metrics.sh PRINT-METRICS EGPU SOURCE-ROOT
# Every metric that egpu prints stands in egpu-metrics(1), and in the dashboard or the alerts; and none there is another.
# What the alerts name as a cause is one.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0
root=$3
"$1" | sort >"$dir/printed"
# scdoc writes "\_".
egpu_names() { cat "$@" | tr -d '\134' | grep -oE '\begpu_[a-z0-9_]+\b' | sort -u; }
egpu_names "$root/man/egpu-metrics.1.scd" >"$dir/man"
egpu_names "$root/data/grafana/egpu.json" "$root/data/prometheus/egpu-alerts.yml" >"$dir/used"
egpu_names "$root"/tests/prometheus/*.yml >"$dir/tested"
difference() # WHAT TWO FILES
{
	[ -z "$(comm -23 "$2" "$3")" ] || {
		comm -23 "$2" "$3" | sed "s/\$/ $1/"
		bad=1
	}
}
difference "is not in egpu-metrics(1)" "$dir/printed" "$dir/man"
difference "is in egpu-metrics(1) and not printed" "$dir/man" "$dir/printed"
difference "is neither in the dashboard nor in an alert" "$dir/printed" "$dir/used"
difference "is in the dashboard or an alert and not printed" "$dir/used" "$dir/printed"
difference "is in a test of alerts and not printed" "$dir/tested" "$dir/printed"

"$2" explain --list | awk '{ print $2 }' | sort >"$dir/causes"
cat "$root/data/prometheus/egpu-alerts.yml" "$root"/tests/prometheus/*.yml |
	grep -oE 'cause=~?"[^"]+"|explain [a-z][a-z-]+' | sed 's/explain /"/; s/.*"\([a-z|-]\)/\1/; s/"//g' | tr '|' '\n' | sort -u >"$dir/named"
difference "is no cause" "$dir/named" "$dir/causes"
exit $bad
