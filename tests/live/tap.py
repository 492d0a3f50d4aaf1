# SPDX-License-Identifier: MIT
"""TAP on stdout, for the tests in Python: as lib.sh has it for those in shell."""
import sys

count = failed = 0


def ok(name, good, said=""):
    """A line of TAP, and what was said if it is not good."""
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
    if not good:
        print("".join(f"# {x[:600]}\n" for x in str(said).splitlines()), end="", flush=True)


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}", flush=True)


def done():
    print(f"1..{count}")
    sys.exit(failed != 0)
