#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: cli.sh EGPU MAKES-GGUF SOURCE-ROOT
# What egpu fit says to wrong calls and wrong files, and its exit statuses.
set -eu
egpu=$(realpath "$1") makes=$2 root=$3
# shellcheck source=tests/fit/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
/usr/bin/python3 "$makes" "$dir"
cd "$dir"
failed=0

refuses() # STATUS PATTERN ARGUMENT...
{
	want=$1 pattern=$2 code=0
	shift 2
	fit "$@" >out 2>err || code=$?
	[ "$code" = "$want" ] && grep -q -e "$pattern" err && [ ! -s out ] && return
	echo "egpu fit $*: exit $code, $(cat err)"
	failed=1
}

ends() # STATUS ARGUMENT...
{
	want=$1 code=0
	shift
	fit "$@" >out 2>err || code=$?
	[ "$code" = "$want" ] && [ -s out ] && return
	echo "egpu fit $*: exit $code, not $want: $(cat err)"
	failed=1
}

on="--gpu RTX3060 --link tb4"
# shellcheck disable=SC2086 # words of their own
{
	refuses 64 "which model" $on
	refuses 64 "no option '--nope'" $on --nope
	refuses 64 "no option '-n'" $on -n 3 small.gguf
	refuses 64 "needs a value" $on small.gguf -ngl
	refuses 64 "takes no model" $on --all small.gguf
	refuses 64 "of one model" $on --table small.gguf large.gguf
	refuses 64 "one of the two" $on --table --json small.gguf
	refuses 64 "--ctx-size: a whole number" $on -c 0 small.gguf
	refuses 64 "--ctx-size: a whole number" $on -c 4k small.gguf
	refuses 64 "--ctx-size: a whole number" $on -c -1 small.gguf
	refuses 64 "--ctk: .*not as 'bogus'" $on -ctk bogus small.gguf
	refuses 64 "--ctv: .*not as 'q4_K'" $on -ctv q4_K small.gguf
	refuses 64 "--fa: on, off or auto" $on -fa maybe small.gguf
	refuses 64 "--np: a whole number" $on -np 0 small.gguf
	refuses 64 "--ngl: a whole number" $on -ngl many small.gguf
	refuses 64 "is no build" $on --build yesterday small.gguf
	refuses 64 "a number like 33B" $on --params many
	refuses 64 "--vram: a size" --vram 12Q small.gguf
	refuses 64 "--vram: a size" --vram 0 small.gguf
	refuses 64 "--vram: a size" --vram -5 small.gguf
	refuses 64 "--ram-bandwidth: GB/s" $on --ram-bandwidth fast small.gguf
	refuses 64 "the nearest is \"RTX 3060" --gpu "RTX 3066" small.gguf
	refuses 64 "no link 'string'; there are tb3, tb4" --gpu "RTX 3060" --link string small.gguf
	refuses 64 "Q4_K_M" $on --quant Q9_X llama3.1:8b

	refuses 70 "none.gguf" $on none.gguf
	refuses 70 "is a folder" $on .
	refuses 64 "empty.gguf: byte 0: " $on empty.gguf
	refuses 64 "text.gguf: byte 0: not a GGUF file" $on text.gguf
	refuses 64 "short.gguf: byte 8: .*inside its header" $on short.gguf
	refuses 64 "old.gguf: byte 4: GGUF version 1" $on old.gguf
	refuses 64 "nodims.gguf: byte [0-9]*: tensor token_embd.weight: 0 dimensions" $on nodims.gguf
	refuses 70 "none.gguf" $on --mmproj none.gguf small.gguf
	refuses 70 "draft model: .*none.gguf" $on -md none.gguf small.gguf
	refuses 70 "no-such-model" $on --store store no-such-model
	refuses 70 "none" $on --store none --all
	refuses 70 "No such file" --host none small.gguf
	refuses 4 'egpu fit --gpu "RTX 3060" --link tb4 small.gguf' --host "$root/tests/replay/enclosure-absent" small.gguf

	ends 0 --list
	ends 0 $on -c 4096 small.gguf
	ends 1 $on -c 4096 large.gguf
	ends 0 $on -c 4096 small.gguf large.gguf text.gguf
	ends 3 $on -c 4096 none.gguf text.gguf
	ends 0 $on --store store --all
	ends 2 $on -c 4096 --ram 1G -ngl 2 large.gguf
	ends 1 --gpu "RTX 3060" --vram 4500 -c 4096 small.gguf

	# Each spelling of an option is the same option.
	fit $on --json -c 8192 -b 1024 -ub 256 -fa on -ctk q8_0 -ctv q8_0 -np 2 -ngl 20 -nkvo small.gguf >short.json || :
	fit $on --json --ctx-size 8192 --batch-size=1024 --ubatch-size 256 --flash-attn on --cache-type-k q8_0 \
		--cache-type-v q8_0 --parallel 2 --gpu-layers 20 --no-kv-offload small.gguf >long.json || :
	cmp short.json long.json || failed=1
	[ -s short.json ] || failed=1

	# Weights are never read: an answer about 39 GB takes no longer than one about 4.
	fit $on -c 4096 --vram 12G large.gguf | grep -q 'Large 70B' || failed=1
	# No byte of a name reaches the terminal.
	! fit $on hostile.gguf | grep -q "$(printf '\033')" || failed=1
}
exit $failed
