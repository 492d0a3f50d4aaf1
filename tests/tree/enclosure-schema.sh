#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: enclosure-schema.sh EGPU
# What egpu enclosure lists as JSON of every recorded host keeps to data/enclosure.schema.json. Events are held against it
# by tests/live/enclosure.
set -eu
schema=$(dirname "$0")/../../data/enclosure.schema.json
hosts=$(dirname "$0")/../replay
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo "SKIP: no python3-jsonschema here" && exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for host in "$hosts"/*/egpu-recording; do
	host=${host%/*}
	"$1" enclosure --json --host "$host" >"$dir/${host##*/}.json" || { echo "$host: exit $?" && exit 1; }
done
/usr/bin/python3 - "$schema" "$dir" <<'PY'
import json, pathlib, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator({"$defs": schema["$defs"], "$ref": "#/$defs/list"})
bad = devices = 0
lists = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
for path in lists:
    answer = json.load(open(path))
    devices += len(answer["devices"])
    for error in validator.iter_errors(answer):
        print(f"{path.name}: {error.json_path}: {error.message[:200]}")
        bad = 1
print(f"{len(lists)} lists with {devices} devices held against the schema")
sys.exit(bad or not devices)
PY
