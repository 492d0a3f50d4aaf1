#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: plan-schema.sh PRINTS-PLAN
# A plan as JSON keeps to data/plan.schema.json: one with a step of each kind, one with nothing to do, one of hostile texts.
set -eu
schema=$(dirname "$0")/../../data/plan.schema.json
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo "SKIP: no python3-jsonschema here" && exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for plan in every nothing hostile; do
	"$1" $plan >"$dir/$plan.json"
done
/usr/bin/python3 - "$schema" "$dir" <<'PY'
import json, pathlib, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
plans = {path.stem: json.load(open(path)) for path in pathlib.Path(sys.argv[2]).glob("*.json")}
for name, plan in plans.items():
    for error in validator.iter_errors(plan):
        print(f"{name}: {error.json_path}: {error.message[:200]}")
        bad = 1
kinds = {step["kind"] for step in plans["every"]["steps"]}
if kinds != set(schema["$defs"]["kind"]["enum"]):
    print(f"of the schema's kinds of steps, the plan has only {sorted(kinds)}")
    bad = 1
print(f"{len(plans)} plans held against the schema")
sys.exit(bad or len(plans) != 3)
PY
