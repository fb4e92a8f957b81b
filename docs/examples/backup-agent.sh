#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup-agent.sh DEVICE COPY STATE: an incremental backup with blksnap-agent, which finds
# the storage by itself. Needs jq.

set -euo pipefail
device=$1 copy=$2 state=$3

id=$(blksnap-agent snapshot create "$device")
trap 'blksnap-agent snapshot destroy "$id"' EXIT
image=$(blksnap-agent snapshot show "$id" --json | jq -r '.devices[0].image')
now=$(blksnap-agent device status "$device" --json | jq -r '.device | "\(.number) \(.generation)"')

# What changed since the last backup; status 3: that cannot be told, so everything.
changes() {
	local number generation status=0

	if read -r number generation 2>/dev/null <"$state"; then
		blksnap-agent changes "$device" --since "$number" --generation "$generation" || status=$?
		[ "$status" -eq 3 ] || return "$status"
	fi
	blksnap-agent changes "$device"
}

extents=$(mktemp)
changes >"$extents"
while read -r offset length; do
	dd if="$image" of="$copy" bs=1M iflag=skip_bytes,count_bytes,fullblock oflag=seek_bytes \
		skip="$offset" seek="$offset" count="$length" conv=notrunc status=none
done <"$extents"
rm "$extents"
sync "$copy"

# Kept only now: a backup that failed is done again.
echo "$now" >"$state"
