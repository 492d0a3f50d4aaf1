#!/bin/sh
# SPDX-License-Identifier: MIT
# What promtool says of the alert rules, of the dashboard's expressions and of what egpu prints. usage: promtool.sh EGPU SOURCE-ROOT
set -eu
here=$(dirname "$0")
# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
need promtool jq
egpu=$1 root=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$root/data/prometheus/egpu-alerts.yml" "$here/alerts.yml" "$dir"

ok "the alert rules are sound" promtool check rules "$dir/egpu-alerts.yml"
ok "each alert fires when it must, and not when it must not" promtool test rules "$dir/alerts.yml"

# As recording rules, which promtool can parse. What Grafana fills in is filled in.
{
	printf 'groups:\n- name: dashboard\n  rules:\n'
	jq -r '.panels[] | .targets[]? | .expr' "$root/data/grafana/egpu.json" |
		sed 's/[$]__rate_interval/5m/g; s/[$]job/.*/g; s/[$]instance/a/g' |
		jq -Rr '"  - record: a:b\(input_line_number)\n    expr: \(@json)"'
} >"$dir/dashboard.yml"
ok "the dashboard's expressions are sound" promtool check rules "$dir/dashboard.yml"
ok "and there are some" test "$(grep -c record: "$dir/dashboard.yml")" -gt 30

# Each panel has its own number and its own place.
no_overlap()
{
	jq -e '[.panels[].id] | length == (unique | length)' "$root/data/grafana/egpu.json" &&
		jq -e '[.panels[].gridPos | . as $p | range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]] |
			length == (unique | length) and all(.[0] < 24)' "$root/data/grafana/egpu.json"
}
ok "no panel lies over another" no_overlap

check_metrics() # RECORDING
{
	"$egpu" metrics --host "$1" --textfile "$dir/egpu.prom" && promtool check metrics <"$dir/egpu.prom"
}
ok "the sample host's metrics are sound" check_metrics "$root/data/hosts/reference"
all_hosts()
{
	for host in "$root"/tests/replay/*/egpu-recording; do
		check_metrics "${host%/egpu-recording}" || {
			echo "$host"
			return 1
		}
	done
}
ok "so are those of all recorded hosts" all_hosts

# The real collector, where it is: it refuses what it does not understand, and says so in a metric.
read_by_node_exporter()
{
	check_metrics "$root/data/hosts/reference" || return
	"$exporter" --collector.disable-defaults --collector.textfile --collector.textfile.directory="$dir" \
		--web.listen-address=127.0.0.1:0 >"$dir/log" 2>&1 &
	pid=$!
	port=
	for _ in $(seq 50); do
		port=$(sed -n 's/.*address=127.0.0.1:\([0-9]*\).*/\1/p' "$dir/log" | head -n 1)
		[ -z "$port" ] || break
		sleep 0.1
	done
	said=$(curl -s "http://127.0.0.1:$port/metrics")
	kill "$pid"
	wait "$pid" || :
	printf '%s\n' "$said" | grep -qx 'node_textfile_scrape_error 0' &&
		printf '%s\n' "$said" | grep -qx 'egpu_bar1_bytes 2.68435456e+08' &&
		printf '%s\n' "$said" | grep -qx '# TYPE egpu_bar1_bytes gauge'
}
exporter=$(command -v prometheus-node-exporter || command -v node_exporter || :)
if [ -n "$exporter" ] && command -v curl >/dev/null; then
	ok "node_exporter reads them" read_by_node_exporter
else
	count=$((count + 1))
	echo "ok $count - node_exporter # SKIP needs prometheus-node-exporter"
fi
done_testing
