#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: fit-schema.sh EGPU MAKES-GGUF
# What egpu fit prints as JSON keeps to data/fit.schema.json.
set -eu
egpu=$(realpath "$1") schema=$(realpath "$(dirname "$0")/../../data/fit.schema.json")
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo "SKIP: no python3-jsonschema here" && exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 "$2" "$dir"
cd "$dir"
mkdir answers
n=0
answer() # ARGUMENT...
{
	code=0 n=$((n + 1))
	HOME="$dir" "$egpu" --docker "unix://$dir/none" fit --json --gpu "RTX 3060" "$@" >"answers/$n.json" || code=$?
	[ $code -le 3 ] || { echo "egpu fit $*: exit $code" && exit 1; }
}
answer small.gguf
answer --link tb4 -c 4096 --ram 64G --ram-bandwidth 51.2 large.gguf
answer -c 4096 experts.gguf
answer -ngl 0 -nkvo --swa-full small.gguf
answer --gpu "RTX 3090" -md draft.gguf large.gguf
answer cut.gguf hostile.gguf unknown.gguf text.gguf none.gguf
answer --store store --all
answer --store store --build ollama-0.12.3 small:8b
/usr/bin/python3 - "$schema" answers <<'PY'
import json, pathlib, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
answers = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
for path in answers:
    for error in validator.iter_errors(json.load(open(path))):
        for e in [error, *error.context]:
            print(f"{path.name}: {e.json_path}: {e.message[:200]}")
        bad = 1
print(f"{len(answers)} answers held against the schema")
sys.exit(bad or len(answers) < 8)
PY
