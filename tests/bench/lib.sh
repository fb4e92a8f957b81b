# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the benchmark uses in the guest.

set -Eeuo pipefail
shopt -s inherit_errexit
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

# drained DEVICE: nothing is under way to it, and nothing has been for a while.
drained() {
	local before='' now fields

	while :; do
		read -r -a fields <"/sys/block/${1#/dev/}/stat"
		now="${fields[6]}"
		[ "${fields[8]}" != 0 ] || [ "$now" != "$before" ] || return 0
		before=$now
		sleep 0.05
	done
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
	image=$(blksnap snapshot_info -d "$1" -f image)
}

# let_go DEVICE: the snapshot of it, which has to be sound.
let_go() {
	[ "$(blksnap snapshot_info -d "$1" -f error_code)" = 0 ]
	blksnap snapshot_destroy -i "$id"
}

# take_window: for how long the last take held writes, and file systems, in microseconds.
take_window() {
	dmesg | sed -n 's/.*writes held for \([0-9]*\) us, file systems frozen for \([0-9]*\) us.*/\1 \2/p' |
		tail -n 1
}

# dm_snapshot_create ORIGIN STORE N|P SECTORS: of a chunk. The origin is suspended and resumed
# after the snapshot was made: else it copies only the first chunk of a large bio.
dm_snapshot_create() {
	local sectors

	sectors=$(blockdev --getsz "$1")
	dmsetup create bench --table "0 $sectors snapshot-origin $1"
	dmsetup create bench-image --table "0 $sectors snapshot $1 $2 $3 $4"
	dmsetup suspend bench
	dmsetup resume bench
}

# dm_snapshot_remove: the snapshot has to be sound.
dm_snapshot_remove() {
	dmsetup status bench-image | grep -q '[0-9]/[0-9]'
	dmsetup remove --retry bench-image
	dmsetup remove --retry bench
}

# free_memory: in bytes, when what others do at their leisure has been done.
free_memory() {
	local before=0 now

	while :; do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		now=$(awk '$1 == "MemFree:" { printf "%.0f\n", $2 * 1024 }' /proc/meminfo)
		((now - before >= 65536 || before - now >= 65536)) || break
		before=$now
		sleep 0.2
	done
	echo "$now"
}
