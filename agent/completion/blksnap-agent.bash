# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# bash completion for blksnap-agent and blksnap

_blksnap_devices() {
	lsblk --noheadings --paths --raw --output NAME,MOUNTPOINT 2>/dev/null | tr ' ' '\n' | grep '^/'
}

_blksnap_snapshots() {
	blksnap-agent snapshot list 2>/dev/null |
		awk 'NR > 1 { print $1; if ($2 != "-") print $2 }'
}

# The long options that the help of a command names.
_blksnap_options() {
	"$@" --help 2>/dev/null | grep -oE -- '--[a-z-]+'
}

_blksnap_reply() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_blksnap_agent() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local first=${COMP_WORDS[1]} second=${COMP_WORDS[2]}

	if [ "$COMP_CWORD" -eq 1 ]; then
		_blksnap_reply "snapshot device changes export doctor metrics cleanup monitor --help --version"
		return
	fi
	case $COMP_CWORD,$first in
	2,snapshot) _blksnap_reply "create list show destroy wait mount umount" && return ;;
	2,device) _blksnap_reply "list attach detach status" && return ;;
	esac
	case $prev in
	--format) _blksnap_reply "extents json bmap borg map" && return ;;
	--exclude) _blksnap_reply "$(_blksnap_devices)" && return ;;
	--replace) _blksnap_reply "$(_blksnap_snapshots)" && return ;;
	--storage) mapfile -t COMPREPLY < <(compgen -W memory: -- "$cur"; compgen -f -- "$cur") && return ;;
	--hooks | --config) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	esac
	case $cur,$first in
	-*,snapshot | -*,device) _blksnap_reply "$(_blksnap_options blksnap-agent "$first" "$second")" ;;
	-*) _blksnap_reply "$(_blksnap_options blksnap-agent "$first")" ;;
	*,device | *,changes) _blksnap_reply "$(_blksnap_devices)" ;;
	*,monitor | *,export) _blksnap_reply "$(_blksnap_snapshots)" ;;
	*,snapshot)
		case $second,$COMP_CWORD in
		create,*) _blksnap_reply "$(_blksnap_devices)" ;;
		mount,4) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
		*) _blksnap_reply "$(_blksnap_snapshots)" ;;
		esac
		;;
	esac
}

_blksnap() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [ "$COMP_CWORD" -eq 1 ]; then
		_blksnap_reply "$(blksnap --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }') --help"
		return
	fi
	case $prev in
	-d | --device) _blksnap_reply "$(_blksnap_devices)" ;;
	-i | --id) _blksnap_reply "$(blksnap snapshot_collect 2>/dev/null)" ;;
	-f | --file | -p | --path) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	*) _blksnap_reply "$(_blksnap_options blksnap "${COMP_WORDS[1]}")" ;;
	esac
}

complete -F _blksnap_agent blksnap-agent
complete -F _blksnap blksnap
