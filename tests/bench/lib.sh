# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the benchmark uses in the guest.

set -Eeuo pipefail
trap 'echo "bench: line $LINENO: $BASH_COMMAND (status $?)" >&2' ERR

# shellcheck disable=SC2034 # for those who source this
here=$(dirname "$0")
results=/tmp/results
: >"$results"

# say WHAT WORD...: a line of the results.
say() {
	echo "$*" >>"$results"
}

# null_device NAME MIB [BACKED]: a disk that does nothing, or only copies; $device. One that copies
# does it block by block, and for small ones the bytes would not be what costs.
null_device() {
	local dir=/sys/kernel/config/nullb/$1

	mkdir "$dir"
	echo "$2" >"$dir/size"
	echo "${3:-0}" >"$dir/memory_backed"
	[ "${3:-0}" = 0 ] || echo 4096 >"$dir/blocksize"
	echo 0 >"$dir/irqmode"
	echo 1 >"$dir/submit_queues"
	echo 1 >"$dir/power"
	device=/dev/$1 # newer kernels give the disk this name
	[ -b "$device" ] || device=/dev/nullb$(cat "$dir/index")
}

# sectors DEVICE read|written: so many were, since it is there.
sectors() {
	local fields

	read -r -a fields <"/sys/block/${1#/dev/}/stat"
	case $2 in
	read) echo "${fields[2]}" ;;
	written) echo "${fields[6]}" ;;
	esac
}

# hold STORAGE DEVICE...: a snapshot of the devices; $id, the first one's $image.
hold() {
	local storage=$1 device
	local -a devices=()
	shift

	for device; do
		devices+=(-d "$device")
	done
	id=$(blksnap snapshot_create "${devices[@]}")
	blksnap snapshot_appendstorage -i "$id" -d "$storage" \
		-r "0:$(blockdev --getsz "$storage")" >/dev/null
	blksnap snapshot_take -i "$id"
	# shellcheck disable=SC2034
	image=/dev/$(blksnap snapshot_info -d "$1" -f image)
}

# let_go DEVICE: the snapshot of it, which has to be sound.
let_go() {
	[ "$(blksnap snapshot_info -d "$1" -f error_code)" = 0 ]
	blksnap snapshot_destroy -i "$id"
}

# take_window: how long the last take held writes, in microseconds.
take_window() {
	dmesg | sed -n 's/.*writes held for \([0-9]*\) us.*/\1/p' | tail -n 1
}

free_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemFree:" { printf "%.0f\n", $2 * 1024 }' /proc/meminfo
}
