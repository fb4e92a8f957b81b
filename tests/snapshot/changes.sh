# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What differs between two snapshots and what the change map says, for the tests changes*.

# What the test and lib.sh have set.
: "${work:=}" "${device:=}" "${storage:=}"

# between COMMAND...: what it does, besides the writers, is in the map. It begins and ends
# with a snapshot held, which is the old one for the next.
between() {
	local new map found differing marked

	note "$*"
	"$@"
	sync "$device"
	[ -z "${writers_pid:-}" ] || progress 20
	destroy
	snapshot "$storage" "$device"
	expect $((number + 1)) "$(cbt "$device" changes_number)" "number of the next snapshot"
	map=$(map "$device")
	new=$(copy)
	found=$(differ map "$old" "$new" "$map" "$(cbt "$device" block_size)" "$number") ||
		die "a difference is not marked"
	read -r differing marked <<<"$found"
	note "  $differing blocks differ, $marked are marked"
	[ "$differing" -gt 0 ] || die "nothing changed"
	[ "$marked" -lt $((differing + 350)) ] || die "far more is marked than changed"
	rm -f "$old" "$map"
	old=$new number=$((number + 1))
	sound "$device"
}

# copy: of the image, while the writers pause: what they do meanwhile is no matter here.
copy() {
	[ -z "${writers_pid:-}" ] || kill -STOP -- "-$writers_pid"
	copy_of "$(image "$device")"
	[ -z "${writers_pid:-}" ] || kill -CONT -- "-$writers_pid"
}

# next: the image that is held is the old one.
next() {
	number=$(cbt "$device" changes_number)
	old=$(copy)
}
