# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# That filters on all devices of a stack are shown what changes on each.

# shellcheck source=tests/filter/stack.sh
. "$(dirname "$0")/stack.sh"

# check_covered: with a filter on each of $upper and $lowers at once.
check_covered() {
	local device sum
	local -A copies

	attach "$upper" "${lowers[@]}"
	for device in "$upper" "${lowers[@]}"; do
		copies[$device]=$(copy_of "$device")
		filterctl reset "$device"
	done

	verify_load "$upper"
	mkfs.ext4 -q -F "$upper"
	mount "$upper" /mnt
	defer umount -q /mnt
	dd if=/dev/urandom of=/mnt/file bs=64k count=32 status=none
	dd if=/dev/urandom of=/mnt/direct bs=256k count=8 oflag=direct status=none
	cp -r /tests/vm /mnt/dir
	sum=$(cat /mnt/file /mnt/direct /mnt/dir/* | md5sum)
	umount /mnt

	for device in "$upper" "${lowers[@]}"; do
		covered "$device" "${copies[$device]}"
	done
	mount "$upper" /mnt
	expect "$sum" "$(cat /mnt/file /mnt/direct /mnt/dir/* | md5sum)" "what was written"
	umount /mnt
	detach "$upper" "${lowers[@]}"
}
