#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: schema.sh PRINTS-SCHEMA EGPU REPLAY-DIR
# data/check.schema.json is what the facts' shapes make it, and what egpu prints of every recorded host keeps to it.
# UPDATE=1 writes it anew: read the diff before you commit it, and raise the number in "egpu-check-N" when a member goes.
set -eu
schema=$(dirname "$0")/../../data/check.schema.json
if [ "${UPDATE-}" ]; then "$1" >"$schema"; fi
"$1" | diff -u "$schema" -
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo "SKIP: no python3-jsonschema here" && exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for machine in "$3"/*/ "$(dirname "$0")/../../data/hosts/reference/"; do
	[ -f "$machine/egpu-recording" ] || continue
	status=0
	"$2" check --json --timing --host "$machine" >"$dir/$(basename "$machine").json" || status=$?
	[ $status -le 4 ] || { echo "$machine: exit $status" && exit 1; }
done
/usr/bin/python3 - "$schema" "$dir" <<'PY'
import json, pathlib, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
answers = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
for path in answers:
    for error in validator.iter_errors(json.load(open(path))):
        print(f"{path.name}: {error.json_path}: {error.message[:200]}")
        bad = 1
print(f"{len(answers)} answers held against the schema")
sys.exit(bad or not answers)
PY
