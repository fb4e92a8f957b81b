# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# An NVMe disk: a target on this machine, over TCP. It is a multipath disk with one path, if the
# kernel's NVMe driver has not been told otherwise.

nvme_target=/sys/kernel/config/nvmet/subsystems/blksnap-test
nvme_port=/sys/kernel/config/nvmet/ports/1

# nvme_export DEVICE: a subsystem with the device as its namespace, to be logged in to.
nvme_export() {
	if ! modprobe -q nvmet-tcp || ! modprobe -q nvme-tcp; then
		skip "no NVMe over TCP"
	fi
	ip link set lo up
	mkdir $nvme_target
	defer rmdir $nvme_target
	echo 1 >$nvme_target/attr_allow_any_host
	mkdir $nvme_target/namespaces/1
	defer rmdir $nvme_target/namespaces/1
	echo "$1" >$nvme_target/namespaces/1/device_path
	echo 1 >$nvme_target/namespaces/1/enable
	mkdir $nvme_port
	defer rmdir $nvme_port
	echo tcp >$nvme_port/addr_trtype
	echo ipv4 >$nvme_port/addr_adrfam
	echo 127.0.0.1 >$nvme_port/addr_traddr
	echo 4420 >$nvme_port/addr_trsvcid
	ln -s $nvme_target $nvme_port/subsystems/
	defer rm $nvme_port/subsystems/blksnap-test
	defer nvme_disconnect
}

# nvme_login: another controller of it.
nvme_login() {
	echo transport=tcp,traddr=127.0.0.1,trsvcid=4420,nqn=blksnap-test,duplicate_connect \
		>/dev/nvme-fabrics
}

# nvme_connect DEVICE: a disk on the device; its name is in $nvme.
nvme_connect() {
	local head

	nvme_export "$1"
	nvme_login
	wait_for eval 'ls /sys/class/nvme-subsystem/*/nvme*n1'
	for head in /sys/class/nvme-subsystem/*/nvme*n1; do
		nvme=/dev/${head##*/}
	done
	wait_for test -b "$nvme"
}

nvme_disconnect() {
	local controller

	for controller in /sys/class/nvme/nvme*; do
		echo 1 >"$controller/delete_controller"
	done
	wait_for eval '! ls /sys/class/nvme/nvme*'
}
