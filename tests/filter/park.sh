# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# That parking, draining and releasing several devices works under load.

# shellcheck source=tests/filter/stack.sh
. "$(dirname "$0")/stack.sh"

# load DEVICE: writes in the background, until stop_load.
load() {
	fio --name=load --nice=10 --filename="$1" --rw=randwrite --bsrange=4k-64k --ioengine=libaio \
		--iodepth=8 --direct=1 --time_based --runtime=600 --minimal >/dev/null 2>&1 &
	loads+=($!)
	defer kill_wait $!
}

stop_load() {
	kill_wait "${loads[@]}"
	loads=()
}
loads=()

# shown DEVICE: its load has begun.
shown() {
	[ "$(count "$1" writes)" -ge 10 ]
}

# check_parked ROUNDS: on $upper and $lowers at once.
check_parked() {
	local device before

	attach "$upper" "${lowers[@]}"
	load "$upper"
	for device in "$upper" "${lowers[@]}"; do
		wait_for shown "$device"
	done
	parkrounds "${1:-25}" "$upper" "${lowers[@]}"
	before=$(count "$upper" writes)
	wait_for eval "[ \$(count $upper writes) -gt $before ]"
	stop_load
	detach "$upper" "${lowers[@]}"
}
