#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: shown.sh EGPU MAKES-GGUF SOURCE-ROOT
# What egpu fit says, word for word, is what stands in shown/; no line is wider than 80 columns but those to paste; and README.md
# shows what the program says. UPDATE=1 writes all of it anew: read the diff before you commit it.
set -eu
egpu=$(realpath "$1") makes=$2 root=$3
here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/fit/lib.sh
. "$here/lib.sh"
/usr/bin/python3 "$makes" "$dir"
failed=0

compare() # FILE: with what comes in
{
	if [ "${UPDATE-}" ]; then
		cat >"$1"
	else
		diff -u "$1" - || failed=1
	fi
}

while read -r name arguments; do
	code=0
	(cd "$dir" && eval "fit $arguments") >"$dir/out" 2>&1 || code=$?
	(echo "\$ egpu fit $arguments" && cat "$dir/out" && echo "exit $code") | compare "$here/shown/$name.txt"
	! grep -nE '^.{81}' "$dir/out" | grep -v ' llama-server -m ' || { echo "$name: too wide" && failed=1; }
done <"$here/cases"

# A line "    $ egpu fit ..." of README.md, and what comes below it up to the next line that is not indented.
/usr/bin/python3 - "$egpu" "$root/README.md" "$dir" "${UPDATE-}" <<'PY' || failed=1
import pathlib
import shlex
import subprocess
import sys

egpu, readme, folder, update = sys.argv[1:]
path = pathlib.Path(readme)
lines, out, calls, i = path.read_text().split("\n"), [], 0, 0
while i < len(lines):
    out.append(lines[i])
    i += 1
    if not out[-1].startswith("    $ egpu fit "):
        continue
    calls += 1
    words = shlex.split(out[-1].removeprefix("    $ egpu fit "))
    while out[-1].endswith("\\"):
        words = words[:-1] if words[-1] == "\n" else words
        out.append(lines[i])
        words += shlex.split(lines[i])
        i += 1
    while i < len(lines) and (lines[i].startswith("    ") or not lines[i]):
        i += 1
    done = subprocess.run([egpu, "--docker", f"unix://{folder}/none", "fit", *words], capture_output=True, text=True)
    out += ["    " + l if l else "" for l in (done.stdout + done.stderr).rstrip("\n").split("\n")] + [""]
if update:
    path.write_text("\n".join(out))
elif not calls or out != lines:
    print(f"README.md: {calls} calls of egpu fit, and not what it says:")
    print("\n".join(l for l in out if l not in lines))
    sys.exit(1)
PY
exit $failed
