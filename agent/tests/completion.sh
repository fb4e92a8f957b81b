#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# completion.sh BUILD: both completions can be read, and that for bash offers what there is.

set -e
build=$(realpath "$1")
cd "$(dirname "$0")/../completion"
PATH=$build:$PATH

zsh -n _blksnap-agent
# shellcheck source=agent/completion/blksnap-agent.bash
. ./blksnap-agent.bash

# offers FUNCTION WANTED WORD...: the last word is completed to what is wanted, among others.
offers() {
	local function=$1 wanted=$2
	shift 2

	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	"$function"
	[[ " ${COMPREPLY[*]} " == *" $wanted "* ]] || {
		echo "FAILED: $*: expected $wanted, got ${COMPREPLY[*]}"
		exit 1
	}
}

offers _blksnap_agent snapshot blksnap-agent sn
offers _blksnap_agent destroy blksnap-agent snapshot d
offers _blksnap_agent attach blksnap-agent device a
offers _blksnap_agent --hook-timeout blksnap-agent snapshot create /dev/sda --h
offers _blksnap_agent --exclude blksnap-agent snapshot create --all --e
offers _blksnap_agent --since blksnap-agent changes /dev/sda --
offers _blksnap_agent memory: blksnap-agent snapshot create /dev/sda --storage mem
offers _blksnap_agent bmap blksnap-agent changes /dev/sda --format b
offers _blksnap snapshot_collect blksnap snapshot_c
offers _blksnap --device blksnap attach -
