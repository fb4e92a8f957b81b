# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# That nothing is lost and nothing hangs when filters keep some bios for a while.

# shellcheck source=tests/filter/stack.sh
. "$(dirname "$0")/stack.sh"

# check_kept: filters on $upper and all of $lowers keep bios.
check_kept() {
	local device

	attach "$upper" "${lowers[@]}"
	for device in "$upper" "${lowers[@]}"; do
		filterctl mode "$device" percent=30 delay=15
	done
	verify_load "$upper"

	mkfs.ext4 -q -F "$upper"
	mount "$upper" /mnt
	defer umount -q /mnt
	fio --name=load --filename=/mnt/file --rw=randwrite --bsrange=4k-128k --ioengine=libaio \
		--iodepth=16 --direct=1 --size=4M --end_fsync=1 --verify=crc32c --verify_fatal=1 \
		--do_verify=1 --minimal >/tmp/fio.out || die "fio: $(</tmp/fio.out)"
	cp -r /tests/vm /mnt/dir
	sync -f /mnt
	umount /mnt
	blockdev --flushbufs "$upper"
	mount -o ro "$upper" /mnt
	diff -r /tests/vm /mnt/dir
	umount /mnt

	for device in "$upper" "${lowers[@]}"; do
		filterctl mode "$device"
		[ "$(count "$device" kept)" -gt 0 ] || die "$device: nothing was kept"
		expect "$(count "$device" kept)" "$(count "$device" resubmitted)" \
			"$device: bios that went on"
		note "$device: $(count "$device" kept) of $(count "$device" writes) writes were kept"
	done
	detach "$upper" "${lowers[@]}"
	fsck.ext4 -f -n "$upper" >/dev/null 2>&1 || die "$upper: the file system is damaged"
}
