# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Snapshots on stacked devices, for the tests stack-*.

# on_device DEVICE [STORAGE]: an image under a load on the device.
on_device() {
	local device=$1 storage=${2:-$(disk 3)} copy

	fill "$device"
	start_writers -w 3 -m 65536 -k wwf "$device"
	snapshot "$storage" "$device"
	check_instant "$(image "$device")"
	progress 100
	check_instant "$(image "$device")"
	sound "$device"
	destroy
	stop_writers
	copy=$(copy_of "$device")
	snapshot "$storage" "$device"
	/tests/snapshot/noise "$device" 0 24
	same "$copy" "$(image "$device")"
	sound "$device"
	destroy
	rm -f "$copy"
	blksnap detach -d "$device"
}

# upper_and_lower UPPER LOWER [STORAGE]: both in one snapshot, written to through the upper one.
upper_and_lower() {
	local upper=$1 lower=$2 storage=${3:-$(disk 3)} upper_copy lower_copy

	upper_copy=$(copy_of "$upper")
	sync
	lower_copy=$(copy_of "$lower")
	snapshot "$storage" "$upper" "$lower"
	/tests/snapshot/noise "$upper" 1 12
	dd if=/dev/urandom of="$upper" bs=64k count=40 seek=300 status=none
	sync "$upper"
	same "$upper_copy" "$(image "$upper")"
	same "$lower_copy" "$(image "$lower")"
	sound "$upper" "$lower"
	destroy
	note "and in the other order, with writers"
	start_writers -w 3 -m 65536 "$upper"
	snapshot "$storage" "$lower" "$upper"
	check_instant "$(image "$upper")"
	progress 50
	check_instant "$(image "$upper")"
	sound "$upper" "$lower"
	destroy
	stop_writers
	check_origin "$upper"
	rm -f "$upper_copy" "$lower_copy"
	detach_all "$upper" "$lower"
}
