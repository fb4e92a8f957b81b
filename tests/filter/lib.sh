# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of the filter core share: the test filter on devices.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

PATH=$(dirname "$0"):$PATH

# load_filter: loads the filter core and the test filter, until the test ends.
load_filter() {
	modprobe blkfilter_test || die "cannot load blkfilter_test"
	defer unload blkfilter_test blkfilter
}

attach() {
	local device

	for device; do
		filterctl attach "$device" || die "cannot attach to $device"
		defer detach_if_attached "$device"
	done
}

detach() {
	local device

	for device; do
		filterctl detach "$device" || die "cannot detach from $device"
	done
}

detach_if_attached() {
	[ ! -b "$1" ] || filterctl detach "$1" 2>/dev/null || true
}

attached() {
	[ -b "$1" ] && filterctl stats "$1" >/dev/null 2>&1
}

# count DEVICE NAME: one of the numbers of filterctl stats.
count() {
	filterctl stats "$1" | sed -n "s/^$2=//p"
}

# log_has REGEX: what the kernel logged since the last "mark" of the test.
log_has() {
	klog | awk '/^test: / { text = "" } { text = text $0 "\n" } END { print text }' |
		grep -E -- "$1" >/dev/null
}

# fails_with NAME COMMAND...: with this error.
fails_with() {
	local error out status=0
	error=$1
	shift

	out=$("$@" 2>&1) || status=$?
	[ "$status" -ne 0 ] || die "succeeded, and should not have: $*"
	expect "$error" "${out##*: }" "error of $*"
}

# expect_ranges DEVICE [FIRST COUNT]...: just these sectors were shown.
expect_ranges() {
	local device=$1
	shift

	sync "$device"
	expect "$*" "$(filterctl ranges "$device" | paste -sd' ')" "sectors shown on $device"
	expect 0 "$(count "$device" wrong)" "bios that are not to be shown"
}

# copy_of DEVICE: a copy of what is on it; prints its name.
copy_of() {
	local file

	file=$(mktemp "/tmp/copy.${1##*/}.XXXXXX")
	sync "$1"
	dd if="$1" of="$file" bs=1M iflag=direct conv=sparse status=none
	truncate -s "$(blockdev --getsize64 "$1")" "$file"
	echo "$file"
}

# wiped DEVICE: fills it with zeros; prints the name of a file that looks like it.
wiped() {
	local file

	file=$(mktemp "/tmp/copy.${1##*/}.XXXXXX")
	blkdiscard -z -f "$1" 2>/dev/null
	truncate -s "$(blockdev --getsize64 "$1")" "$file"
	echo "$file"
}

# covered DEVICE COPY: each sector that changed since the copy was shown; some did.
covered() {
	local changed

	sync "$1"
	blockdev --flushbufs "$1"
	changed=$(filterctl covers "$1" "$2") || die "$1: not all changes were shown"
	note "$1: $changed sectors changed, all were shown"
	[ "$changed" -gt 0 ] || die "$1: nothing changed"
	expect 0 "$(count "$1" wrong)" "bios that are not to be shown"
	rm -f "$2"
}

# scsi_disk [PARAMETER=VALUE]...: makes a disk of the scsi_debug driver, name in $scsi_disk.
scsi_disk() {
	local block

	modprobe -q sd_mod && modprobe -q scsi_debug "$@" || skip "no scsi_debug"
	defer rmmod scsi_debug
	block='/sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/sd*'
	wait_for eval "test -e $block"
	# shellcheck disable=SC2086 # a pattern
	scsi_disk=/dev/$(basename $block)
	wait_for test -b "$scsi_disk"
}
