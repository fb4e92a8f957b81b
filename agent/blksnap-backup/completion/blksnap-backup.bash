# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# bash completion for blksnap-backup

_blksnap_backup() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local words=

	case $COMP_CWORD,$prev,$command,$cur in
	1,*) words=$(blksnap-backup --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }') ;;
	*,--compress,*) words="zstd zlib" ;;
	*,--exclude,*) words=$(lsblk --noheadings --paths --raw --output NAME,MOUNTPOINT 2>/dev/null) ;;
	*,--socket,* | *,--tls,* | *,--psk,*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	*,-*) words=$(blksnap-backup "$command" --help 2>/dev/null | grep -oE -- '--[a-z-]+') ;;
	2,*,export,*) words=$(blksnap-agent snapshot list 2>/dev/null | awk 'NR > 1 { print $1 }') ;;
	2,*) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
	*,*,create,*) words=$(lsblk --noheadings --paths --raw --output NAME,MOUNTPOINT 2>/dev/null) ;;
	3,*,mount,*) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _blksnap_backup blksnap-backup
