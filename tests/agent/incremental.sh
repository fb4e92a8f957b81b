# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A full copy and three increments by "changes", each equal to its image, for the tests
# incremental-*.

# What lib.sh has set.
: "${work:=}" "${id:=}" "${storage:=}" "${files_pid:=}"

# copy_extents IMAGE COPY: the lines OFFSET LENGTH of the standard input.
copy_extents() {
	python3 -c '
import os, sys
source = os.open(sys.argv[1], os.O_RDONLY)
target = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
total = 0
for line in sys.stdin:
    offset, length = map(int, line.split())
    while length:
        data = os.pread(source, min(length, 1 << 20), offset)
        assert data
        assert os.pwrite(target, data, offset) == len(data)
        offset += len(data)
        length -= len(data)
        total += len(data)
print(total)' "$1" "$2"
}

# backup DEVICE [NUMBER GENERATION]: of the snapshot that is held; prints the bytes.
backup() {
	local device=$1
	local -a since=()

	[ $# -eq 1 ] || since=(--since "$2" --generation "$3")
	blksnap-agent changes "$device" "${since[@]}" >"$work/extents" || die "no changes"
	copy_extents "$(image "$device")" "$work/copy" <"$work/extents"
}

# increments DEVICE WRITER: the writer is called between the snapshots, and while one is held.
increments() {
	local device=$1 writer=$2 number=0 generation='' round bytes size

	size=$(blockdev --getsize64 "$device")
	for round in 0 1 2 3; do
		"$writer" "$round"
		agent_create "$device" --storage "$storage"
		"$writer" "$round"
		if [ "$round" = 0 ]; then
			bytes=$(backup "$device")
			expect "$size" "$bytes" "bytes of the full copy"
		else
			bytes=$(backup "$device" "$number" "$generation")
			[ "$bytes" -gt 0 ] && [ "$bytes" -lt "$size" ] || die "$bytes bytes of $size"
		fi
		note "round $round: $bytes bytes"
		same "$work/copy" "$(image "$device")" "the copy of round $round is not the image"
		number=$(cbt "$device" changes_number)
		generation=$(cbt "$device" generation_id)
		sound "$device"
		blksnap-agent snapshot destroy "$id"
	done

	note "another generation has an exit status of its own"
	blksnap-agent device detach "$device"
	blksnap-agent device attach "$device"
	expect_status 3 "copy the whole device" blksnap-agent changes "$device" \
		--since "$number" --generation "$generation"
	no_trace "$storage"
}

# on_fs TYPE: with files that are written all the time.
on_fs() {
	local device

	device=$(disk 1)
	load_agent diff_storage_minimum=65536
	wipefs -q -a "$device"
	"mkfs.$1" -q "$device"
	mount_at "$device" "$work/origin"
	storage_at "$(disk 2)" "$work/storage"
	start_files "$work/origin"
	increments "$device" write_files
	stop_files
	umount "$work/origin"
}

write_files() {
	files_progress 25
}
