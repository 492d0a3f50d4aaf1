# SPDX-License-Identifier: MIT
# shellcheck shell=bash
_egpu() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in check | eject | enclosure | explain | fit | fix | guard | metrics | record | setup | timeline | undo | wait) command=$word ;; esac
	done
	case $prev in
	--host | --mmproj | --root | --store | --svg | -o | --output | --textfile)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--link)
		if [ "$command" = fit ]; then
			mapfile -t COMPREPLY < <(compgen -W "tb3 tb4 tb5 usb4 usb4v2 oculink m2 x8-gen3 x8-gen4 x16-gen3 x16-gen4 x16-gen5" -- "$cur")
			return
		fi
		mapfile -t COMPREPLY < <(compgen -W "$(egpu check --list 2>/dev/null | awk '/^  [a-z]/ { print $1 }')" -- "$cur")
		return
		;;
	--only)
		mapfile -t COMPREPLY < <(compgen -W "$(egpu setup --list 2>/dev/null | awk '/^  [a-z]/ { print $1 }')" -- "$cur")
		return
		;;
	--experiment)
		mapfile -t COMPREPLY < <(compgen -W "$(egpu setup --experiments 2>/dev/null | awk '/^  [a-z]/ { print $1 }')" -- "$cur")
		return
		;;
	--for)
		mapfile -t COMPREPLY < <(compgen -W "pci driver cuda" -- "$cur")
		return
		;;
	--distro)
		mapfile -t COMPREPLY < <(compgen -W "arch debian fedora ostree nixos other" -- "$cur")
		return
		;;
	-fa | --flash-attn)
		mapfile -t COMPREPLY < <(compgen -W "on off auto" -- "$cur")
		return
		;;
	-ctk | -ctv | --cache-type-k | --cache-type-v)
		mapfile -t COMPREPLY < <(compgen -W "f16 q8_0 q4_0 f32 bf16 q4_1 iq4_nl q5_0 q5_1" -- "$cur")
		return
		;;
	--policy)
		mapfile -t COMPREPLY < <(compgen -W "auto iommu manual" -- "$cur")
		return
		;;
	authorize | enroll | forget)
		mapfile -t COMPREPLY < <(compgen -W "$(egpu enclosure list 2>/dev/null | grep -oE '^  [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')" -- "$cur")
		return
		;;
	--gpu)
		if [ "$command" = fit ]; then
			mapfile -t COMPREPLY < <(compgen -W "external any RTX GTX" -- "$cur")
			return
		fi
		mapfile -t COMPREPLY < <(compgen -W "external any" -- "$cur")
		return
		;;
	esac
	case $command in
	explain)
		mapfile -t COMPREPLY < <(compgen -f -W "--json --follow --gpu --distro --list --help $(egpu explain --list 2>/dev/null | awk '{ print $2 }')" -- "$cur")
		return
		;;
	check) word="--json --verbose --timing --link --list --gpu --display --host --help" ;;
	enclosure) word="list authorize enroll forget monitor --policy --json --host --help" ;;
	fit)
		mapfile -t COMPREPLY < <(compgen -f -W "$(egpu fit --list 2>/dev/null | awk '/^$/ { exit } /^  / { print $1 }') --all --store --params --quant --mmproj --draft --gpu --vram --link --ram --ram-bandwidth --host --ctx-size --batch-size --ubatch-size --flash-attn --cache-type-k --cache-type-v --parallel --gpu-layers --n-cpu-moe --no-kv-offload --swa-full --embedding --reranking --build --table --json --list --help -c -b -ub -fa -ctk -ctv -np -ngl -nkvo -md" -- "$cur")
		return
		;;
	fix)
		mapfile -t COMPREPLY < <(compgen -W "--dry-run --yes --packages --enclosure --json --verbose --gpu --display --host --help $(egpu check --list 2>/dev/null | awk '/^  [a-z]/ { print $1 }') $(egpu explain --list 2>/dev/null | awk '{ print $2 }')" -- "$cur")
		return
		;;
	setup) word="--dry-run --yes --packages --enclosure --only --list --experiment --experiments --json --verbose --gpu --display --host --help" ;;
	undo)
		mapfile -t COMPREPLY < <(compgen -W "--list --dry-run --yes --json --verbose --help $(egpu undo --list 2>/dev/null | grep -oE '[0-9]{8}-[0-9]{6}-[0-9]+')" -- "$cur")
		return
		;;
	eject) word="--dry-run --yes --kill --json --gpu --display --host --help" ;;
	guard) word="--observe --pause --resume --history --json --gpu --display --help" ;;
	timeline) word="--svg --json --gpu --host --help" ;;
	metrics) word="--textfile --gpu --host --help" ;;
	wait) word="--timeout --for --units --quiet --gpu --help" ;;
	record) word="--output --force --verbose --gpu --host --help" ;;
	*) word="check eject enclosure explain fit fix guard metrics record setup timeline undo wait --root --docker --deadline --version --help" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
}
complete -F _egpu egpu
