#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: explain-schema.sh EGPU
# What egpu explain prints as JSON keeps to data/explain.schema.json: answers to pastes of every link, and the table.
set -eu
schema=$(dirname "$0")/../../data/explain.schema.json
pastes=$(dirname "$0")/../explain
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo "SKIP: no python3-jsonschema here" && exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for paste in "$pastes"/*.txt; do
	status=0
	"$1" explain --json "$paste" >"$dir/$(basename "$paste").json" || status=$?
	[ $status -le 3 ] || { echo "$paste: exit $status" && exit 1; }
done
"$1" explain --json --list >"$dir/table.json"
"$1" explain --json container-devices-lost >"$dir/cause.json"
printf 'Linux version 6.1\nSlot(1): Link Down\nNVRM: Xid (PCI:0000:22:00): 79, x\nLinux version 6.1\n' | "$1" explain --json >"$dir/past.json" || :
/usr/bin/python3 - "$schema" "$dir" <<'PY'
import json, pathlib, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
bad = 0
answers = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
for path in answers:
    answer = json.load(open(path))
    kind = "table" if path.stem == "table" else "cause" if path.stem == "cause" else "answer"
    validator = jsonschema.Draft202012Validator({"$defs": schema["$defs"], "$ref": "#/$defs/" + kind})
    for error in validator.iter_errors(answer):
        print(f"{path.name}: {error.json_path}: {error.message[:200]}")
        bad = 1
print(f"{len(answers)} answers held against the schema")
sys.exit(bad or not answers)
PY
