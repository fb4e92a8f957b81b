#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup-console.sh DEVICE STORAGE COPY STATE: an incremental backup with the console tool.
# STORAGE is a file, all of it allocated (fallocate), on another disk.

set -euo pipefail
device=$1 storage=$2 copy=$3 state=$4

id=$(blksnap snapshot_create -d "$device")
trap 'blksnap snapshot_destroy -i "$id"' EXIT
blksnap snapshot_appendstorage -i "$id" -f "$storage" >/dev/null
blksnap snapshot_take -i "$id"
image=$(blksnap snapshot_info -d "$device" -f image)
info=$(blksnap cbtinfo -d "$device")
field() { sed -n "s/^$2=//p" <<<"$1"; }
size=$(field "$info" block_size)
last=$(cat "$state" 2>/dev/null || true)

if [ "$(field "$info" generation_id)" = "$(field "$last" generation_id)" ]; then
	map=$(mktemp)
	blksnap readcbtmap -d "$device" -f "$map"
	# One byte a block; above the number of the last backup: changed since.
	runs=$(od -An -v -tu1 -w1 "$map" | awk -v n="$(field "$last" changes_number)" '
		$1 > n { if (!count++) first = NR - 1; next }
		count { print first, count; count = 0 }
		END { if (count) print first, count }')
	rm "$map"
	while read -r first count; do
		[ -z "$first" ] || dd if="$image" of="$copy" bs="$size" skip="$first" seek="$first" \
			count="$count" iflag=fullblock conv=notrunc status=none
	done <<<"$runs"
else
	dd if="$image" of="$copy" bs=1M status=none
fi
sync "$copy"

# Kept only now: a backup that failed is done again.
echo "$info" >"$state"
