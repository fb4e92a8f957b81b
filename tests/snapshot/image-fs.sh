# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Images of a mounted file system, for the tests image-ext4*, image-xfs*.

# What lib.sh has set.
: "${work:=}" "${journal:=}" "${from:=}" "${to:=}"

# image_of_fs TYPE ROUNDS IMAGE_OPTIONS FSCK...
image_of_fs() {
	local type=$1 rounds=$2 options=$3 device storage round image copy
	shift 3

	device=$(disk 1) storage=$(disk 2)
	wipefs -q -a "$device"
	"mkfs.$type" -q "$device"
	mount_at "$device" "$work/origin"
	mkdir -p "$work/image"
	start_files "$work/origin"
	for ((round = 1; round <= rounds; round++)); do
		files_progress 30
		snapshot "$storage" "$device"
		image=$(image "$device")
		files_progress 30
		check_files "$image" "$options"
		files_progress 30
		"$@" "$image" || die "the image's file system is not clean"
		check_files "$image" "$options"
		sound "$device"
		destroy
	done

	note "a frozen file system is copied, and the image is that copy"
	fsfreeze -f "$work/origin"
	defer thaw_if_frozen "$work/origin"
	copy=$(copy_of "$device")
	snapshot "$storage" "$device"
	fsfreeze -u "$work/origin"
	files_progress 60
	same "$copy" "$(image "$device")"
	sound "$device"
	destroy

	stop_files
	files check "$work/origin" "$journal" "$(writers now)" "$(writers now)" ||
		die "a file on the origin is not what was written"
	umount "$work/origin"
	"$@" "$device" || die "the origin's file system is not clean"
}

# xfs_fsck DEVICE: whether it is clean once its log was replayed; a frozen one's is dirty.
xfs_fsck() {
	mount -o nouuid "$1" "$work/image" && umount "$work/image" && xfs_repair -n "$1"
}

thaw_if_frozen() {
	fsfreeze -u "$1" 2>/dev/null || true
}

# check_files IMAGE OPTIONS
check_files() {
	mount -o "$2" "$1" "$work/image"
	defer umount -q "$work/image"
	files check "$work/image" "$journal" "$from" "$to" || die "the image's files are not those of the take"
	umount "$work/image"
}
