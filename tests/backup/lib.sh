# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of blksnap-backup on the host share: the program, and a stand-in for the agent
# whose devices are files.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
# In memory: all of it is small, and every point is written out.
work=$(mktemp -d /dev/shm/blksnap-backup.XXXXXX)
defer rm -rf "$work"

require_command qemu-storage-daemon qemu-img python3
programs=$("$here/../vm/build" programs amd64)
PATH=$here/fake:$programs/tests/backup:$PATH
export FAKE_AGENT=$work/agent
mkdir "$FAKE_AGENT"
target=$work/target
mkdir "$target"
# shellcheck disable=SC2034 # for the tests
set=$target/test

# backup COMMAND [ARGUMENT...]: in the set "test".
backup() {
	blksnap-backup "$@" --set test
}

# noise FILE OFFSET COUNT: random blocks of 64 KiB.
noise() {
	dd if=/dev/urandom of="$1" bs=64k seek="$2" count="$3" conv=notrunc status=none
}

# device NAME SIZE: a file that the stand-in takes for a device, with something in it.
device() {
	truncate -s "$2" "$work/$1"
	noise "$work/$1" 3 5
}

# create N: changes both devices, and makes point N of them; what they have is kept.
create() {
	noise "$work/a" $((RANDOM % 100)) 2
	dd if=/dev/zero of="$work/a" bs=64k seek=$((RANDOM % 100)) count=1 conv=notrunc status=none
	noise "$work/b" $((RANDOM % 12)) 1
	backup create "$target" "$work/a" "$work/b" "${@:2}"
	cp "$work/a" "$work/a.at$1"
	cp "$work/b" "$work/b.at$1"
}

# restored N: point N is what the devices had in them then.
restored() {
	local name

	for name in a b; do
		rm -f "$work/restored"
		backup restore "$target@$1" "$name=$work/restored" --quiet
		cmp "$work/$name.at$1" "$work/restored" || die "point $1 of $name is another"
	done
}

# expect_status WANTED TEXT COMMAND...: the exit status, and what the message has in it.
expect_status() {
	local wanted=$1 text=$2 status=0
	shift 2

	"$@" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = "$wanted" ] && [[ $(<"$work/err") == *"$text"* ]] ||
		die "$*: status $status, '$(<"$work/err")'; expected $wanted, '$text'"
}

# points: the numbers of all that are complete.
points() {
	backup list "$target" --json | python3 -c '
import json, sys
print(*[p["point"] for p in json.load(sys.stdin)["points"] if p["state"] == "complete"])'
}
