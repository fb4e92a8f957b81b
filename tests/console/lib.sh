# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of the console tool share.

# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

: "${work:=}"

# refused TEXT ARGUMENT...: exit status 1, nothing printed, and one sentence with the text in
# it, maybe with the usage behind it.
refused() {
	local text=$1 status=0 line=$'\n' err pattern
	shift

	pattern="^blksnap: [^$line]+(${line}Usage: blksnap [^$line]+)?\$"
	blksnap "$@" >"$work/refused.out" 2>"$work/refused.err" || status=$?
	err=$(<"$work/refused.err")
	expect 1 "$status" "exit status of $*"
	expect "" "$(<"$work/refused.out")" "output of $*"
	[[ $err =~ $pattern ]] || die "$*: not one sentence: $err"
	[[ $err == *"$text"* ]] || die "$*: expected '$text', got '$err'"
}

# silently ARGUMENT...: it succeeds and prints nothing.
silently() {
	local out

	out=$(blksnap "$@" 2>&1) || die "failed: $*: $out"
	expect "" "$out" "output of $*"
}

# attached DEVICE
attached() {
	blksnap cbtinfo -d "$1" >/dev/null 2>&1
}

# begin DEVICE: a snapshot of it was taken. Before the first one, the map has no changes to show.
begin() {
	local first blocks

	first=$(blksnap snapshot_create -d "$1")
	blksnap snapshot_take -i "$first"
	blksnap snapshot_destroy -i "$first"
	expect 1 "$(cbt "$1" changes_number)" "number of the first snapshot"
	blocks=$(marked "$1") || die "no map"
	expect "" "$blocks" "marked blocks"
}

# marked DEVICE: the numbers of the blocks that its change map has marked.
marked() {
	local file

	file=$(map "$1") || return
	od -An -v -tu1 -w1 "$file" | awk '$1 { print NR - 1 }'
	rm -f "$file"
}
