# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# That the modules come and go under load.

# shellcheck source=tests/filter/lib.sh
. "$(dirname "$0")/lib.sh"

shown() {
	[ "$(count "$1" writes)" -ge 10 ]
}

# unload_rounds N: loads, attaches, detaches and unloads so often.
unload_rounds() {
	local disk round mode fio
	disk=$(disk 1)

	fio --name=load --nice=10 --filename="$disk" --rw=randwrite --bs=4k --ioengine=libaio \
		--iodepth=16 --direct=1 --numjobs=2 --time_based --runtime=3600 --minimal \
		>/dev/null 2>&1 &
	fio=$!
	defer kill_wait $fio
	defer eval 'rmmod blkfilter_test blkfilter 2>/dev/null'
	for ((round = 1; round <= $1; round++)); do
		modprobe blkfilter_test
		filterctl attach "$disk"
		case $((round % 3)) in
		0) mode= ;;
		1) mode="percent=50 delay=10" ;;
		2) mode="percent=90 delay=0 reverse" ;;
		esac
		# shellcheck disable=SC2086 # several words
		filterctl mode "$disk" $mode
		wait_for shown "$disk"
		must_fail rmmod blkfilter_test 2>/dev/null
		must_fail rmmod blkfilter 2>/dev/null
		filterctl detach "$disk"
		wait_for unused blkfilter_test
		rmmod blkfilter_test
		rmmod blkfilter
		[ -e /proc/$fio ] || die "the load has ended"
	done
	note "$1 rounds"
}
