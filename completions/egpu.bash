# SPDX-License-Identifier: MIT
# shellcheck shell=bash
_egpu() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in check | eject | enclosure | explain | fix | guard | metrics | record | setup | timeline | undo | wait) command=$word ;; esac
	done
	case $prev in
	--host | --root | --svg | -o | --output | --textfile)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--link)
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
		mapfile -t COMPREPLY < <(compgen -W "arch debian fedora other" -- "$cur")
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
	wait) word="--timeout --for --quiet --gpu --help" ;;
	metrics) word="--textfile --gpu --host --help" ;;
	wait) word="--timeout --for --units --quiet --gpu --help" ;;
	record) word="--output --force --verbose --gpu --host --help" ;;
	*) word="check eject enclosure explain fix guard metrics record setup timeline undo wait --root --docker --deadline --version --help" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
}
complete -F _egpu egpu
