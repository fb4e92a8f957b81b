# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Images of a raw device under load, for the tests image-raw*.

# image_of_raw ROUNDS
image_of_raw() {
	local device storage round image copy

	device=$(disk 1) storage=$(disk 3)
	fill "$device"
	start_writers -w 4 -m 262144 -k wwwwfz -s 0 -c "$(fewer 120000 30000)" "$device"
	for ((round = 1; round <= $1; round++)); do
		progress 100
		snapshot "$storage" "$device"
		image=$(image "$device")
		expect "$(blockdev --getsize64 "$device")" "$(blockdev --getsize64 "$image")" "size of the image"
		expect "$(blockdev --getss "$device")" "$(blockdev --getss "$image")" "logical block size"
		expect "$(blockdev --getpbsz "$device")" "$(blockdev --getpbsz "$image")" "physical block size"
		if [ "$round" = "$1" ]; then
			copy=$(part_of "$image")
			progress 300
			same "$copy" "$image" "the image changed"
		fi
		check_instant "$image"
		rm -f "$(map "$device")"
		sound "$device"
		destroy
	done
	stop_writers
	check_origin "$device"
}
