# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Commands that programs send to a disk themselves, and what a snapshot and the change map make of
# them. The disk is $device, the storage $storage; both are set by the test.

# shellcheck source=tests/filter/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

# Some programs are those of the tests of snapshots.
PATH=$(dirname "$0"):$(dirname "$0")/../snapshot:$PATH

generation() {
	blksnap cbtinfo -d "$device" | grep generation
}

# whole: holds a snapshot of the device.
whole() {
	create "$device"
	append "$storage" 0:65536
	take
	before=$(generation)
	sound "$device"
}

# harmless COMMAND...: neither the image of a snapshot that is held nor the map is given up.
harmless() {
	note "harmless: $*"
	"$@" >/dev/null || die "failed: $*"
	sound "$device"
}

# kept: nothing of what was harmless has begun a new generation.
kept() {
	destroy
	[ "$(generation)" = "$before" ] || die "a new generation, and nothing has changed"
}

# changing COMMAND...: the image is lost, and the generation ends. The command may fail.
changing() {
	note "changing: $*"
	whole
	"$@" >/dev/null 2>&1 || true
	[ "$(blksnap snapshot_info -d "$device" -f error_code)" != 0 ] || die "the image does not say that it is lost"
	must_fail dd if="$(image "$device")" of=/dev/null bs=4k count=1 iflag=direct status=none 2>/dev/null
	destroy
	[ "$(generation)" != "$before" ] || die "the change map does not know of it"
}
