#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: metrics.sh EGPU MACHINE-DIR
# The metrics of a recorded host are those written beside it, word for word; UPDATE=1 writes metrics.txt anew.
set -eu
said=$("$1" metrics --host "$2" | sed 's/^\(egpu_build_info{version=\)"[^"]*"/\1"VERSION"/')
if [ "${UPDATE-}" ]; then printf '%s\n' "$said" >"$2/metrics.txt"; fi
printf '%s\n' "$said" | diff -u "$2/metrics.txt" -
