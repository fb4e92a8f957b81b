# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# numbers TAKES: takes so many snapshots of a disk and follows their numbers.

PATH=/tests/snapshot:$PATH
# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

device=$(disk 1) storage=$(disk 2)

# One block is written before each take, so that the map can be told apart.
write_block() {
	dd if=/dev/urandom of="$device" bs=64k count=1 seek="$1" oflag=direct conv=notrunc \
		status=none
}

numbers() {
	local takes=$1 i number last=0 generation now wrapped=0

	load_blksnap
	blksnap attach -d "$device"
	defer detach_all "$device"
	expect 0 "$(cbt "$device" changes_number)" "number before the first snapshot"
	generation=$(cbt "$device" generation_id)
	for ((i = 1; i <= takes; i++)); do
		write_block $((i % 100))
		create "$device"
		append "$storage" 0:2048
		take
		number=$(cbt "$device" changes_number)
		now=$(cbt "$device" generation_id)
		if [ "$now" = "$generation" ]; then
			expect $((last + 1)) "$number" "number of snapshot $i"
			expect "$number" "$(map_value "$device" $((i % 100 * 128)))" \
				"mark of what was written before snapshot $i"
		else
			note "snapshot $i: another generation after number $last"
			expect 254 "$last" "last number of a generation"
			expect 1 "$number" "first number of a generation"
			expect "" "$(tr -d '\0' <"$(map "$device")" | head -c 1)" "marks in a new map"
			wrapped=1
		fi
		generation=$now last=$number
		destroy
	done
	[ "$takes" -lt 255 ] || expect 1 $wrapped "changes of generation"
}
