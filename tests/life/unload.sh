# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# rounds N: attaches, snapshots, detaches and unloads so often, under load. No write is lost.

PATH=/tests/snapshot:$PATH
# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

rounds() {
	local i device

	device=$(disk 1)
	start_writers -w 4 -m 65536 -k wwwf -s 0 -c "$(fewer 131072 30000)" "$device"
	for ((i = 0; i < $1; i++)); do
		modprobe blksnap
		create "$device"
		must_fail rmmod blksnap 2>/dev/null
		append "$(disk 2)" "$(all_of "$(disk 2)")"
		take
		must_fail rmmod blksnap 2>/dev/null
		fails_with "Device or resource busy" blksnap detach -d "$device"
		dd if="$(image "$device")" of=/dev/null bs=1M count=8 iflag=direct status=none
		destroy
		blksnap detach -d "$device"
		wait_for unused blksnap
		rmmod blksnap
		rmmod blkfilter
		progress 10
	done
	stop_writers
	check_origin "$device"
}
