#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup-nbd.sh DEVICE COPY STATE: an incremental backup by NBD. Everything with nbdcopy; then, from
# the export's dirty bitmap, what changed since. Needs jq, libnbd-bin and blksnap-backup.

set -euo pipefail
device=$1 copy=$2 state=$3
work=$(mktemp -d)

id=$(blksnap-agent snapshot create "$device" --ttl 12h)
finish() {
	blksnap-agent snapshot destroy "$id"
	wait
	rm -rf "$work"
}
trap finish EXIT
now=$(blksnap-agent device status "$device" --json | jq -r '.device | "\(.number) \(.generation)"')

# serve [--since NUMBER --generation UUID]: in the background; its address is in $uri. Ends with the
# snapshot.
serve() {
	: >"$work/uri"
	blksnap-agent export "$id" "$device" --socket "$work/socket" "$@" >"$work/uri" &
	until [ -s "$work/uri" ]; do
		kill -0 $! 2>/dev/null || return 1
		sleep 0.1
	done
	uri=$(cat "$work/uri")
}

if read -r number generation 2>/dev/null <"$state" &&
	serve --since "$number" --generation "$generation"; then
	nbdinfo --map="qemu:dirty-bitmap:since-$number" --json "$uri" |
		jq -r '.[] | select(.type == 1) | "\(.offset) \(.length)"' >"$work/extents"
	image=$(blksnap-agent snapshot show "$id" --json | jq -r '.devices[0].image')
	while read -r offset length; do
		dd if="$image" of="$copy" bs=1M iflag=skip_bytes,count_bytes,fullblock \
			oflag=seek_bytes skip="$offset" seek="$offset" count="$length" conv=notrunc status=none
	done <"$work/extents"
else
	# The first time, or another generation.
	serve
	nbdcopy "$uri" "$copy"
fi
sync "$copy"

# Kept only now: a backup that failed is done again.
echo "$now" >"$state"
