# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# One instant over two raw devices, for the tests order*.

# A device always with a write under way that takes 50 ms. Taken between two others, it keeps
# their instants so far apart that whoever gives each device one of its own is found out.
slow_device() {
	require_module brd rd_nr=1 rd_size=16384
	defer rmmod brd
	require_module dm-delay
	dmsetup create slow --table "0 32768 delay /dev/ram0 0 0 /dev/ram0 0 50"
	defer dmsetup remove --retry slow
	chain run 1 /dev/mapper/slow /dev/mapper/slow &
	# shellcheck disable=SC2064 # now
	defer kill_group $!
}

# dependent_writes ROUNDS WRITERS
dependent_writes() {
	local a b storage round sum before=0 writers=$2

	a=$(disk 1) b=$(disk 2) storage=$(disk 3)
	slow_device
	chain run "$2" "$a" "$b" &
	# shellcheck disable=SC2064 # now
	defer kill_group $!
	for ((round = 1; round <= $1; round++)); do
		wait_for counted "$before"
		# Either order in which the devices are named.
		if ((round % 2)); then
			snapshot "$storage" "$a" /dev/mapper/slow "$b"
		else
			snapshot "$storage" "$b" /dev/mapper/slow "$a"
		fi
		sum=$(chain check "$2" "$(image "$a")" "$(image "$b")") || die "round $round: out of order"
		[ "$sum" -gt "$before" ] || die "round $round: the writers stand still"
		before=$sum
		sound "$a" "$b"
		destroy
	done
	note "$1 snapshots of $before dependent writes"
	kill_group $!
}

# counted SUM: the writers went on since then.
counted() {
	local now

	now=$(chain check "$writers" "$a" "$b" 2>/dev/null) || true
	[ "${now:-0}" -gt $(($1 + 5)) ]
}

# independent_writers ROUNDS: what had ended before another operation began is there if
# that one is, and each operation is there wholly or not at all.
independent_writers() {
	local round

	# One disk of storage must do for both.
	start_writers -w 4 -m 131072 -k wwwfz -s 0 -c "$(fewer 60000 15000)" "$(disk 1)" "$(disk 2)"
	for ((round = 1; round <= $1; round++)); do
		progress 50
		snapshot "$(disk 3)" "$(disk 1)" "$(disk 2)"
		check_instant "$(image "$(disk 1)")" "$(image "$(disk 2)")"
		sound "$(disk 1)" "$(disk 2)"
		destroy
	done
	stop_writers
	check_origin "$(disk 1)" "$(disk 2)"
}
