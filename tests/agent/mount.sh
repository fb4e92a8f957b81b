# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# An image mounted beside its origin, for the tests mount-*.

# What lib.sh has set.
: "${work:=}" "${id:=}" "${storage:=}"

# mount_beside TYPE
mount_beside() {
	local device folder

	device=$(disk 1)
	load_agent diff_storage_minimum=16384
	"mkfs.$1" -q "$device"
	mount_at "$device" "$work/origin"
	storage_at "$(disk 2)" "$work/storage"
	echo before >"$work/origin/file"
	agent_create "$work/origin" --storage "$storage" --name "$1"
	agent_devices+=("$device")
	echo after >"$work/origin/file"
	sync "$work/origin/file"

	mkdir "$work/images"
	folder=$(blksnap-agent snapshot mount "$1" "$work/images")
	expect "$work/images/$(tr / - <<<"${work#/}/origin")" "$folder" "folder"
	expect before "$(cat "$folder/file")" "in the image"
	expect after "$(cat "$work/origin/file")" "on the origin"
	must_fail touch "$folder/new"
	expect_status 1 "already" blksnap-agent snapshot mount "$1" "$work/images"
	expect_status 1 "is mounted at" blksnap-agent snapshot destroy "$1"
	expect taken "$(json "$1" .state)" "state"
	blksnap-agent snapshot umount "$1"
	! mountpoint -q "$folder" || die "still mounted"
	expect "" "$(ls "$work/images")" "folders left"
	echo later >>"$work/origin/file"
	sound "$device"

	note "destroyed while it is mounted, as at shutdown"
	folder=$(blksnap-agent snapshot mount "$1" "$work/images")
	blksnap-agent snapshot destroy --all --mounted
	umount "$folder"
	no_trace "$work/storage"
	umount "$work/origin"
	mount "$device" "$work/origin"
	expect "after later" "$(paste -sd' ' "$work/origin/file")" "on the origin"
}
