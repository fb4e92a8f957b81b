# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of removal share.

# shellcheck source=tests/filter/stack.sh
. "$(dirname "$0")/stack.sh"

# load DEVICE: writes in the background that may fail; the process is $load.
load() {
	local journal

	journal=$(mktemp -d /tmp/journal.XXXXXX)
	defer rm -r "$journal"
	/tests/snapshot/writers run -e -w 8 -m 4096 -s 0 -c 16384 "$journal" "$1" >/dev/null 2>&1 &
	load=$!
	defer kill_wait $load
	wait_for shown "$1"
}

shown() {
	[ "$(count "$1" writes)" -ge 10 ]
}

# gone DEVICE: no filter is left, and the log says why.
gone() {
	wait_for unused blkfilter_test
	log_has "blkfilter: ${2:-${1##*/}}: is removed, detaching filter blkfilter_test" ||
		die "the log does not tell that $1 was removed"
	mark "gone"
}

# again DEVICE: it can be attached anew, and works.
again() {
	attach "$1"
	dd if=/dev/urandom of="$1" bs=4k seek=2 count=1 oflag=direct status=none
	expect_ranges "$1" 16 8
	detach "$1"
}
