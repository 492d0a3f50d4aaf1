# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# No engine, no store, no colour and no token of who runs this: the answer is the same everywhere. Sets $dir, and goes there.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export HOME="$dir/home" LC_ALL=C
unset OLLAMA_MODELS HF_TOKEN SSL_CERT_FILE

fit() # ARGUMENT...
{
	"$egpu" --docker "unix://$dir/none" fit "$@"
}
