# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Loading and unloading under load, for the tests unload*.

# unload_rounds N
unload_rounds() {
	local round device storage

	device=$(disk 1) storage=$(disk 3)
	start_writers -w 4 -m 32768 -k wwf "$device" "$(disk 2)"
	for ((round = 1; round <= $1; round++)); do
		modprobe blksnap
		case $((round % 3)) in
		0) blksnap attach -d "$device" ;;
		1) snapshot "$storage" "$device" "$(disk 2)" && destroy ;;
		2)
			create "$device"
			append "$storage" 0:2048
			take
			destroy
			;;
		esac
		detach_all "$device" "$(disk 2)"
		rmmod blksnap
		rmmod blkfilter
	done
	progress 20
	stop_writers
	check_origin "$device" "$(disk 2)"
}
