# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of snapshots share.

# Several libraries have it, and a test may have several of those.
! declare -F load_blksnap >/dev/null || return 0

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

PATH=$(dirname "$0"):$PATH
work=$(mktemp -d /tmp/snapshot.XXXXXX)
defer rm -rf "$work"

# An emulated guest needs more than a second to start jq, and a tenth of that for this one, which
# sorts the members of objects.
jq() {
	gojq "$@"
}

# load_blksnap [PARAMETER=VALUE]...: the module, until the test ends.
load_blksnap() {
	modprobe blksnap "$@" || die "cannot load blksnap"
	defer unload blksnap blkfilter
}

# create DEVICE...: a snapshot; its id is in $id.
create() {
	local device
	local -a options=()

	for device; do
		options+=(-d "$device")
	done
	id=$(blksnap snapshot_create "${options[@]}") || die "cannot create a snapshot of $*"
	defer clean_up_snapshot "$id" "$@"
}

# At the end of a test, for each of its snapshots: what is known to be done is not done again.
clean_up_snapshot() {
	local device

	[[ $destroyed == *"$1"* ]] || ! blksnap snapshot_collect | grep -qx "$1" || destroy "$1"
	shift
	for device; do
		[[ $cleaned == *" $device "* ]] || [ ! -b "$device" ] ||
			! blksnap detach -d "$device" 2>/dev/null || cleaned+="$device "
	done
}
destroyed='' cleaned=' '

detach_all() {
	local device

	for device; do
		[ ! -b "$device" ] || blksnap detach -d "$device" 2>/dev/null || true
	done
}

# append DEVICE FIRST:COUNT...: storage for the snapshot $id.
append() {
	local device=$1 range
	local -a options=()
	shift

	for range; do
		options+=(-r "$range")
	done
	blksnap snapshot_appendstorage -i "$id" -d "$device" "${options[@]}" >/dev/null ||
		die "cannot append storage on $device"
}

# all_of DEVICE: as a range.
all_of() {
	echo "0:$(blockdev --getsz "$1")"
}

# take: the snapshot $id. It was taken between $from and $to.
take() {
	from=$(writers now)
	blksnap snapshot_take -i "$id" || die "cannot take the snapshot"
	# shellcheck disable=SC2034 # for the caller
	to=$(writers now)
}

# snapshot STORAGE DEVICE...: created, with all of a disk as storage, and taken.
snapshot() {
	local storage=$1
	shift

	create "$@"
	append "$storage" "$(all_of "$storage")"
	take
}

destroy() {
	blksnap snapshot_destroy -i "${1:-$id}" || die "cannot destroy the snapshot"
	destroyed+=" ${1:-$id}"
}

# image DEVICE: the device of its image.
image() {
	local image

	image=$(blksnap snapshot_info -d "$1" -f image) || die "no image of $1"
	[ -n "$image" ] || die "no image of $1"
	echo "$image"
}

# error_code DEVICE
error_code() {
	blksnap snapshot_info -d "$1" -f error_code
}

# lost DEVICE: its image is.
lost() {
	[ "$(error_code "$1")" != 0 ]
}

# sound DEVICE...
sound() {
	local device

	for device; do
		expect 0 "$(error_code "$device")" "error code of $device"
	done
}

# cbt DEVICE NAME: one of the values of cbtinfo.
cbt() {
	blksnap cbtinfo -d "$1" | sed -n "s/^$2=//p"
}

# map DEVICE: its change map as a file.
map() {
	local file

	file=$(mktemp "$work/map.XXXXXX")
	blksnap readcbtmap -d "$1" -f "$file" >/dev/null || die "cannot read the map of $1"
	echo "$file"
}

# map_value DEVICE SECTOR: what the map says of the block with this sector.
map_value() {
	local file value

	file=$(map "$1")
	value=$(od -An -tu1 -N1 -j $(($2 * 512 / $(cbt "$1" block_size))) "$file" | tr -d ' ')
	rm -f "$file"
	echo "$value"
}

# copy_of DEVICE: what can be read from it, as a file in memory.
copy_of() {
	local file

	file=$(mktemp "$work/copy.XXXXXX")
	dd if="$1" of="$file" bs=1M iflag=direct conv=sparse status=none || die "cannot read $1"
	truncate -s "$(blockdev --getsize64 "$1")" "$file"
	echo "$file"
}

# part_of DEVICE: the same of the first 16 MiB only, on a kernel with checkers, which reads an image
# at a few MiB a second. "same" compares these.
part_of() {
	local file

	has_checkers || { copy_of "$1" && return; }
	file=$(mktemp "$work/part.XXXXXX")
	dd if="$1" of="$file" bs=1M count=16 iflag=direct conv=sparse status=none || die "cannot read $1"
	truncate -s 16M "$file"
	echo "$file"
}

# same FILE DEVICE [WHAT]: byte for byte, read from the device past the cache.
same() {
	local how=equal

	[[ $1 != */part.* ]] || how=begins
	/tests/snapshot/differ $how "$1" "$2" || die "${3:-$2 is not what it was}"
}

# fill DEVICE: every sector with something of its own.
fill() {
	/tests/snapshot/noise "$1" || die "cannot fill $1"
}

# unreadable IMAGE: no byte of it can be read.
unreadable() {
	local out

	blockdev --flushbufs "$1" 2>/dev/null || true
	if out=$(dd if="$1" of=/dev/null bs=4k count=1 iflag=direct 2>&1); then
		die "$1 can still be read"
	fi
	[[ $out == *"Input/output error"* ]] || die "$1: $out"
}

# fails_with TEXT COMMAND...: it ends with a failure and says this.
fails_with() {
	local text=$1 out status=0
	shift

	out=$("$@" 2>&1) || status=$?
	[ "$status" -ne 0 ] || die "succeeded, and should not have: $*"
	[ "$status" -lt 128 ] || die "died ($status): $*: $out"
	[[ $out == *"$text"* ]] || die "$*: expected '$text', got '$out'"
}

# within SECONDS COMMAND...: it succeeds, and in that time.
within() {
	local limit=$1 status=0
	shift

	timeout -k 1 $((limit * TIMEOUT_SCALE)) "$@" || status=$?
	[ "$status" -ne 124 ] && [ "$status" -ne 137 ] || die "not done in $limit s: $*"
	[ "$status" -eq 0 ] || die "status $status: $*"
}

# start_writers OPTION... DEVICE...: see "writers"; the journals are in $journal.
start_writers() {
	journal=$(mktemp -d "$work/journal.XXXXXX")
	resume_writers "$@"
}

resume_writers() {
	local -a options=()

	while [[ ${1:-} == -* ]]; do
		case $1 in
		-r | -e) options+=("$1") ;;
		*) options+=("$1" "$2") && shift ;;
		esac
		shift
	done
	writers run "${options[@]}" "$journal" "$@" &
	writers_pid=$!
	# shellcheck disable=SC2064 # now
	defer kill_group "$writers_pid"
	progress 40
}

kill_group() {
	kill -CONT -- "-$1" 2>/dev/null
	kill -TERM -- "-$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# progress N: until the writers did so many operations more.
progress() {
	writers wait "$journal" "$1" "$writers_pid" $((60 * TIMEOUT_SCALE)) || die "no progress"
}

# stop_writers: none of them may have failed.
stop_writers() {
	local status=0

	kill -TERM "$writers_pid" 2>/dev/null || true
	wait "$writers_pid" || status=$?
	expect 0 "$status" "status of the writers"
}

# start_files DIR [WRITERS]: see "files"; the journals are in $journal.
start_files() {
	journal=$(mktemp -d "$work/journal.XXXXXX")
	files run "$1" "$journal" "${2:-4}" &
	files_pid=$!
	# shellcheck disable=SC2064 # now
	defer kill_group "$files_pid"
	files_progress 20
}

files_progress() {
	files wait "$journal" "$1" "$files_pid" $((60 * TIMEOUT_SCALE)) || die "no progress"
}

stop_files() {
	local status=0

	kill -TERM "$files_pid" 2>/dev/null || true
	wait "$files_pid" || status=$?
	expect 0 "$status" "status of the writers of files"
}

# check_instant IMAGE...: of the devices the writers write to, between $from and $to.
check_instant() {
	writers check "$journal" "$from" "$to" "$@" || die "the image is not one instant"
}

# check_origin DEVICE...: all that was written is there.
check_origin() {
	writers final "$journal" "$@" || die "the device does not hold what was written"
}

# events: all that are there, as lines "CODE ERROR".
events() {
	local out

	while out=$(blksnap snapshot_waitevent -i "${1:-$id}" -t 0) && [[ $out == result=ok* ]]; do
		awk -F= '$1 == "event" { e = $2 } $1 == "err_code" || $1 == "requested_nr_sect" { c = $2 }
			END { print e, c }' <<<"$out"
	done
}

# mount_at DEVICE DIR [OPTION]...
mount_at() {
	local device=$1 dir=$2
	shift 2

	mkdir -p "$dir"
	mount "$@" "$device" "$dir"
	defer umount -q "$dir"
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

absent() {
	[ ! -e "$1" ]
}

sleeping() {
	grep -qE '^State:.*(S|D) ' "/proc/$1/status" && [ "$(cat "/proc/$1/comm")" = blksnap ]
}
