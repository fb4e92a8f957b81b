# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a take that failed must have left as it was, for the tests take-*.

# tracked DEVICE...: generations and numbers of their maps.
tracked() {
	local device

	for device; do
		echo "$(cbt "$device" generation_id) $(cbt "$device" changes_number)"
	done
}

# remember DEVICE...: how they are before the take.
remember() {
	before=$(tracked "$@")
}

# untaken DEVICE...: there is no trace of a take.
untaken() {
	local device

	expect "$before" "$(tracked "$@")" "generations and numbers after a take that failed"
	for device; do
		expect "" "$(blksnap snapshot_info -d "$device" -f image)" "the image of $device"
		expect 0 "$(error_code "$device")" "error code of $device"
	done
	! compgen -G '/dev/blksnap-image*' || die "an image is left"
	! compgen -G '/sys/block/blksnap-image*' || die "an image is left"
}

# writing PID: its write does not end.
writing() {
	grep -q '^State:.*D' "/proc/$1/status" && grep -q '^1 0x1 ' "/proc/$1/syscall"
}
