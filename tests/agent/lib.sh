# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of blksnap-agent share.

# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

PATH=/tests/snapshot:$PATH
: "${work:=}" "${journal:=}"

# load_agent [PARAMETER=VALUE]...: the module; at the end nothing of the agent may be left.
load_agent() {
	load_blksnap "$@"
	# shellcheck disable=SC2034 # of create
	agent_devices=()
	defer end_agent
}

end_agent() {
	local device

	for device in "${agent_devices[@]}"; do
		! [ -b "$device" ] || blksnap-agent device detach "$device" 2>/dev/null || true
	done
}

# storage_at DEVICE DIR [TYPE]: a file system for storage, mounted; its folder is in $storage.
storage_at() {
	local device=$1 dir=$2 type=${3:-ext4}

	wipefs -q -a "$device"
	"mkfs.$type" -q "$device"
	mount_at "$device" "$dir"
	storage=$dir/old
	mkdir -p "$storage"
}

# agent_create ARGUMENT...: a snapshot; its id is in $id. Devices are detached at the end.
agent_create() {
	local word

	id=$(blksnap-agent snapshot create "$@") || die "cannot create a snapshot: $*"
	[[ $id =~ ^[0-9a-f-]{36}$ ]] || die "this is no id: $id"
	for word; do
		[ ! -b "$word" ] || agent_devices+=("$word")
	done
	defer destroy_if_there "$id"
}

destroy_if_there() {
	[ -z "$all_gone" ] || return 0
	if [ -z "$(blksnap snapshot_collect)" ]; then
		all_gone=1
		wait_for no_agent
		return
	fi
	blksnap-agent snapshot umount "$1" >/dev/null 2>&1
	! blksnap snapshot_collect | grep -qx "$1" || blksnap-agent snapshot destroy "$1"
	wait_for no_agent
}

# Set when no snapshot is left at the end of the test.
all_gone=

# Starts no program, as it is asked again and again.
no_agent() {
	local file
	local -a args

	for file in /proc/[0-9]*/cmdline; do
		mapfile -d '' -t args <"$file"
		[[ ${args[*]} != *'blksnap-agent monitor'* ]] || return 1
	done 2>/dev/null
}

# json ID FILTER: what jq makes of "snapshot show".
json() {
	{ blksnap-agent snapshot show "$1" --json || [ $? = 4 ]; } | jq -r "$2"
}

# monitor_of ID: its monitor.
monitor_of() {
	json "$1" '.monitor // empty'
}

monitored() {
	[ -n "$(monitor_of "$1")" ]
}

# files_left DIR: storage files below a folder.
files_left() {
	find "$1" -path '*/.blksnap/*' -type f | wc -l
}

# no_trace DIR: nothing of any snapshot of the agent's is left.
no_trace() {
	wait_for no_agent
	expect 0 "$(files_left "$1")" "storage files left"
	expect "" "$(find /run/blksnap -type f ! -name lock ! -name hooks)" "left in /run/blksnap"
	expect "" "$(blksnap snapshot_collect)" "snapshots left"
}

# status_of COMMAND...: its exit status; its output is in $out, its messages in $err.
status_of() {
	local status=0

	"$@" >"$work/status.out" 2>"$work/status.err" || status=$?
	# shellcheck disable=SC2034 # for the caller
	out=$(<"$work/status.out") err=$(<"$work/status.err")
	echo "$*: $status: $err"
	last_status=$status
}

# expect_status WANTED TEXT COMMAND...: the exit status, and what the message has in it.
expect_status() {
	local wanted=$1 text=$2
	shift 2

	status_of "$@"
	expect "$wanted" "$last_status" "exit status of $*"
	[[ $err == *"$text"* ]] || die "$*: expected '$text', got '$err'"
}

# sleeping_in PID TEXT: it sleeps in a kernel function with this in its name.
sleeping_in() {
	grep -q "$2" "/proc/$1/wchan" || grep -q "$2" "/proc/$1/stack"
}
