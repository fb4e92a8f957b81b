# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What udev makes of images, for the tests images*.

# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

PATH=$(dirname "$0")/../snapshot:$PATH

# start_udev: with the rules of the system and ours.
start_udev() {
	getent group blksnap >/dev/null || echo 'blksnap:x:990:' >>/etc/group
	cp "$(dirname "$0")"/*.rules /etc/udev/rules.d/
	/lib/systemd/systemd-udevd --daemon
	defer pkill -f systemd-udevd
	udevadm trigger --type=subsystems --action=add
	udevadm trigger --type=devices --action=add
	udevadm settle
}

# links: all names of devices by what is on them, and by where they are.
links() {
	find /dev/disk -type l -printf '%p %l\n' | sort
}

# images_come_and_go ROUNDS
images_come_and_go() {
	local device group before round name image

	device=$(disk 1) group=$(disk 2)
	wipefs -q -a "$device"
	mkfs.ext4 -q -L data "$device"
	pvcreate -q -y "$group" >/dev/null
	vgcreate -q test "$group" >/dev/null
	udevadm trigger --action=change --name-match="$device"
	udevadm settle
	wait_for test -e /dev/disk/by-label/data
	before=$(links)
	expect "root root 600" "$(stat -c '%U %G %a' /dev/blksnap-control)" "of the control node"
	for ((round = 0; round < $1; round++)); do
		snapshot "$(disk 3)" "$device" "$group"
		udevadm settle
		for name in "${device##*/}" "${group##*/}"; do
			image=$(readlink -f "/dev/blksnap/$id/$name")
			expect "$(image "/dev/$name")" "$image" "image of $name"
			expect "root blksnap 640" "$(stat -c '%U %G %a' "$image")" "of $image"
		done
		expect "$before" "$(links)" "names of devices"
		expect data "$(blkid -p -o value -s LABEL "/dev/blksnap/$id/${device##*/}")" "label of the image"
		expect "$group" "$(pvs --noheadings -o pv_name 2>&1 | tr -d ' ')" "physical volumes"
		destroy
		udevadm settle
		must_fail test -e "/dev/blksnap/$id"
		expect "$before" "$(links)" "names of devices"
	done
	vgremove -q -f test >/dev/null
}
