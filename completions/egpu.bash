# SPDX-License-Identifier: MIT
# shellcheck shell=bash
_egpu() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in check | explain | record) command=$word ;; esac
	done
	case $prev in
	--host | --root | -o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--link)
		mapfile -t COMPREPLY < <(compgen -W "$(egpu check --list 2>/dev/null | awk '/^  [a-z]/ { print $1 }')" -- "$cur")
		return
		;;
	--distro)
		mapfile -t COMPREPLY < <(compgen -W "arch debian fedora other" -- "$cur")
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
	record) word="--output --force --verbose --gpu --host --help" ;;
	*) word="check explain record --root --docker --deadline --version --help" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
}
complete -F _egpu egpu
