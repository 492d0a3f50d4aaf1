#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh EGPU HOST-DIR
# What egpu timeline draws of a recorded host is, word for word, what is written beside it; the same as SVG; and the same of a
# recording of it. UPDATE=1 writes timeline.txt and timeline.svg anew: read the diff before you commit it.
set -eu
egpu=$1 host=$2
schema=$(realpath "$(dirname "$0")/../../data/timeline.schema.json")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

compare() # FILE: with what comes in
{
	if [ "${UPDATE-}" ]; then
		cat >"$1"
	else
		diff -u "$1" -
	fi
}

draw() # HOST: text and status
{
	code=0
	"$egpu" timeline --host "$1" || code=$?
	echo "exit $code"
}

fail()
{
	echo "$*"
	exit 1
}

draw "$host" >"$dir/text"
compare "$host/timeline.txt" <"$dir/text"
status=$(sed -n 's/^exit //p' "$dir/text")

code=0
"$egpu" timeline --svg - --host "$host" >"$dir/a.svg" || code=$?
[ "$code" = "$status" ] || fail "exit status $code with --svg -"
compare "$host/timeline.svg" <"$dir/a.svg"
echo old >"$dir/b.svg"
code=0
"$egpu" timeline --svg "$dir/b.svg" --json --host "$host" >"$dir/json" || code=$?
[ "$code" = "$status" ] || fail "exit status $code with --json"
cmp "$dir/a.svg" "$dir/b.svg"

"$egpu" record --host "$host" -o "$dir/again/" >/dev/null
draw "$dir/again" | diff -u "$dir/text" -

/usr/bin/python3 - "$dir/a.svg" "$dir/json" "$schema" "$status" <<'PY'
import json, sys
import xml.etree.ElementTree as tree
svg, answer, schema, status = sys.argv[1:]
space = "{http://www.w3.org/2000/svg}"
root = tree.parse(svg).getroot()
known = {"svg", "title", "desc", "style", "rect", "line", "text", "g"}
tags = {e.tag.removeprefix(space) for e in root.iter()}
assert root.tag == space + "svg" and tags <= known, tags - known
assert not [k for e in root.iter() for k in e.attrib if k.lower().startswith("on") or "href" in k]
assert root.find(space + "title").text and root.find(space + "desc").text
width, height = int(root.get("width")), int(root.get("height"))
for e in root.iter(space + "rect"):
    if e.get("x") is None:
        continue
    x, y, w, h = (float(e.get(k)) for k in ("x", "y", "width", "height"))
    assert 0 <= x and x + w <= width + 1 and 0 <= y and y + h <= height, e.attrib
answer = json.load(open(answer))
assert answer["exit_status"] == int(status)
assert [m["usec"] for m in answer["moments"]] == sorted(m["usec"] for m in answer["moments"])
try:
    import jsonschema
    jsonschema.Draft202012Validator(json.load(open(schema))).validate(answer)
except ImportError:
    print("no python3-jsonschema here")
PY
