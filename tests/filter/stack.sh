# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Devices stacked on the test's disks, of which it has at least two.

# shellcheck source=tests/filter/lib.sh
. "$(dirname "$0")/lib.sh"

# Set by make_stack: the device on top, and those below it that hold its data.
upper='' lowers=()

sectors() {
	blockdev --getsz "$1"
}

dm_create() {
	dmsetup create "$1" --table "$2" || die "no device mapper $1"
	defer dm_remove "$1"
}

dm_remove() {
	[ ! -e "/dev/mapper/$1" ] || dmsetup remove --retry "$1"
}

md_create() {
	mdadm --create /dev/md7 --run --assume-clean --homehost=any --name=test "$@" \
		2>/dev/null || die "no md $*"
	defer md_stop
	wait_for test -b /dev/md7
}

md_stop() {
	[ ! -e /sys/block/md7 ] || wait_for mdadm --stop /dev/md7
	mdadm --zero-superblock "$(disk 1)" "$(disk 2)" 2>/dev/null || true
}

stack_linear() {
	dm_create stack "0 16384 linear $(disk 1) 8192
16384 65536 linear $(disk 2) 0
81920 16384 linear $(disk 1) 32768"
	upper=/dev/mapper/stack lowers=("$(disk 1)" "$(disk 2)")
}

stack_striped() {
	dm_create stack "0 $((2 * $(sectors "$(disk 1)"))) striped 2 32 $(disk 1) 0 $(disk 2) 0"
	upper=/dev/mapper/stack lowers=("$(disk 1)" "$(disk 2)")
}

stack_crypt() {
	modprobe dm-crypt
	dm_create stack "0 $(sectors "$(disk 1)") crypt aes-xts-plain64 $(printf 'c0de%.0s' {1..16}) 0 $(disk 1) 0"
	upper=/dev/mapper/stack lowers=("$(disk 1)")
}

stack_thin() {
	modprobe dm-thin-pool
	dd if=/dev/zero of="$(disk 2)" bs=4k count=1 oflag=direct status=none
	dm_create pool "0 $(sectors "$(disk 1)") thin-pool $(disk 2) $(disk 1) 128 0"
	dmsetup message pool 0 "create_thin 0"
	dm_create stack "0 $(($(sectors "$(disk 1)") * 3 / 4)) thin /dev/mapper/pool 0"
	upper=/dev/mapper/stack lowers=("$(disk 1)" "$(disk 2)")
}

stack_partition() {
	echo '8192,,' | sfdisk -q "$(disk 1)"
	defer wipefs -q -a "$(disk 1)"
	wait_for test -b "$(disk 1)1"
	upper=$(disk 1)1 lowers=("$(disk 1)")
}

# Device mapper on a partition: three devices are attached.
stack_deep() {
	stack_partition
	dm_create stack "0 $(sectors "$upper") linear $upper 0"
	upper=/dev/mapper/stack lowers=("$(disk 1)1" "$(disk 1)")
}

stack_raid0() {
	md_create --level=0 --chunk=32 --raid-devices=2 "$(disk 1)" "$(disk 2)"
	upper=/dev/md7 lowers=("$(disk 1)" "$(disk 2)")
}

stack_raid1() {
	md_create --level=1 --bitmap=internal --raid-devices=2 "$(disk 1)" "$(disk 2)"
	upper=/dev/md7 lowers=("$(disk 1)" "$(disk 2)")
}

stack_md_linear() {
	md_create --level=linear --raid-devices=2 "$(disk 1)" "$(disk 2)"
	upper=/dev/md7 lowers=("$(disk 1)" "$(disk 2)")
}

# Bios that go through two stacked drivers, all within one submission.
stack_linear_raid1() {
	stack_raid1
	dm_create stack "0 $(sectors /dev/md7) linear /dev/md7 0"
	upper=/dev/mapper/stack lowers=(/dev/md7 "$(disk 1)" "$(disk 2)")
}

stack_loop() {
	mkdir -p /mnt/loop
	mkfs.ext4 -q "$(disk 1)"
	mount "$(disk 1)" /mnt/loop
	defer umount -q /mnt/loop
	truncate -s 40M /mnt/loop/file
	modprobe -q loop
	upper=$(losetup --show -f /mnt/loop/file)
	defer losetup -d "$upper"
	lowers=("$(disk 1)")
}

# In memory: nothing lies below it.
stack_brd() {
	require_module brd rd_nr=1 rd_size=65536
	defer rmmod brd
	# shellcheck disable=SC2034 # for whoever called
	upper=/dev/ram0 lowers=()
}

# has_stack NAME: this kernel offers it.
has_stack() {
	case $1 in
	md_linear) modprobe -n -q md-linear || modprobe -n -q linear ;;
	*) true ;;
	esac
}

# in_stacks FUNCTION NAME...: calls the function once for each of the stacks, in a shell of
# its own, at whose end all is taken down again.
in_stacks() {
	local function=$1 name
	shift

	for name; do
		if ! has_stack "$name"; then
			note "$name: this kernel has none"
			continue
		fi
		note "$name"
		(
			trap run_deferred EXIT
			# shellcheck disable=SC2030
			deferred=()
			"stack_$name"
			"$function"
		)
		wait_for settled
	done
}

# settled: nobody uses the disks any more.
settled() {
	local disk

	for disk in $DISKS; do
		/tests/filter/poke exclusive "$disk" || return
	done
}

# verify_load DEVICE: 8 MiB of writes of several processes, which are read again and compared.
verify_load() {
	local journal

	journal=$(mktemp -d /tmp/journal.XXXXXX)
	/tests/snapshot/writers run -w 8 -n 20 -m 131072 -k wwf -s 16384 -c 16384 "$journal" "$1" ||
		die "writing to $1 failed"
	/tests/snapshot/writers final "$journal" "$1" || die "$1 does not hold what was written"
	rm -r "$journal"
}
