# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a test uses. A test is an executable tests/AREA/NAME.test:
#
#   #!/bin/bash
#   # SPDX-License-Identifier: GPL-2.0
#   #
#   # DESCRIPTION: what must hold, in one line
#   # REQUIRES: disks=2x256M memory=1024 timeout=60
#
#   . "$(dirname "$0")/../vm/lib.sh"
#
# It passes when it exits with 0 and the kernel log stays clean. Words of REQUIRES,
# all optional, in any order:
#
#   disks=NxSIZE[,bs=4096][+NxSIZE...]   what tests/vm/guest --disk takes; zeroed, in $DISKS
#   memory=MIB cpus=N append=ARG,ARG     the guest's
#   timeout=SECONDS                      of this test (120): three times that, more on slow kernels
#   modules=NAME,NAME                    loaded before, skipped when the kernel has none
#   kernel=NAME,NAME                     only on these kernels of tests/kernels
#   long                                 only with tests/run --long
#   short                                on kernels that tests/kernels gives the short ones
#   once                                 on the newest of the kernels that run it, on all with --all:
#                                        for what programs do whatever the kernel
#   ends                                 on the oldest and the newest of them, on all with --all: for
#                                        what lies between, see tests/README.md
#   concurrent                           on the kernel that looks for data races, too
#   alone                                in a guest of its own
#   host                                 runs on the host, once

set -Eeuo pipefail
# The descriptor for pauses (PAUSE_FD) is open in all that a test starts; LVM warns of it.
export LVM_SUPPRESS_FD_WARNINGS=1

# How much slower than a stock kernel this one is; every time limit is scaled by it.
: "${TIMEOUT_SCALE:=1}" "${DISKS:=}" "${KERNEL:=}"

note() {
	printf '%s\n' "$*"
}

die() {
	trap - ERR
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

skip() {
	trap - ERR
	printf 'SKIP: %s\n' "$*"
	exit 77
}

trap 'printf "FAIL: %s: line %s: %s (status %s)\n" "${BASH_SOURCE[0]##*/}" "$LINENO" "$BASH_COMMAND" "$?" >&2' ERR

# defer COMMAND...: run it when the test ends, however it ends; the last one first.
deferred=()
defer() {
	deferred+=("$(printf '%q ' "$@")")
}

run_deferred() {
	local status=$? i

	trap - ERR EXIT
	set +e
	for ((i = ${#deferred[@]} - 1; i >= 0; i--)); do
		eval "${deferred[i]}"
	done
	exit "$status"
}
trap run_deferred EXIT
trap 'exit 143' TERM INT

require_command() {
	local command

	for command in "$@"; do
		command -v "$command" >/dev/null || skip "no $command"
	done
}

# require_module NAME [PARAMETER=VALUE]...
require_module() {
	modprobe -n -q "$1" || skip "kernel has no module $1"
	modprobe "$@" || die "cannot load $1"
}

# unused MODULE: no device, no open file holds it.
unused() {
	[ "$(cat "/sys/module/$1/refcnt")" = 0 ]
}

# unload MODULE...: those that are loaded, at the end of the test. Nothing may hold them; if
# something does, the test fails.
unload() {
	local module

	for module; do
		[ -e "/sys/module/$module" ] || continue
		if ! (wait_for unused "$module") || ! rmmod "$module"; then
			echo "FAIL: $module cannot be unloaded" >&2
			# shellcheck disable=SC2034 # of run_deferred
			status=1
		fi
	done
}

# mark TEXT: a line in the kernel log.
mark() {
	echo "test: $*" >/dev/kmsg
}

# klog: the kernel log since the test's start.
klog() {
	dmesg --notime | awk -v mark="$KLOG_MARK" '
		found { print }
		index($0, mark) { found = 1 }'
}
if [ -z "${KLOG_MARK:-}" ]; then
	KLOG_MARK="test: start of ${0##*/} $$"
	echo "$KLOG_MARK" >/dev/kmsg 2>/dev/null || true
fi

klog_has() {
	klog | grep -E -- "$1" >/dev/null
}

# pause: a moment, for those who ask again and again. Without a program where it can: nothing is
# ever written to this descriptor, which tests/vm/run-in-guest has opened.
pause() {
	if [ -n "${PAUSE_FD:-}" ]; then
		read -r -t 0.05 -u "$PAUSE_FD" || true
	else
		sleep 0.05
	fi
}

# wait_for [-t SECONDS] COMMAND...: until the command succeeds; not for ever.
wait_for() {
	local limit=120 end

	if [ "$1" = -t ]; then
		limit=$2
		shift 2
	fi
	end=$((SECONDS + limit * TIMEOUT_SCALE))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || die "waited $((limit * TIMEOUT_SCALE)) s in vain for: $*"
		pause
	done
}

# has_checkers: whether this kernel takes many times as long for everything.
has_checkers() {
	[ "$TIMEOUT_SCALE" -gt 1 ]
}

# fewer N M: of rounds, or of what is tested, N, and M on a kernel with checkers.
fewer() {
	if has_checkers; then echo "$2"; else echo "$1"; fi
}

# must_fail COMMAND...: it has to end with a failure, and not by a signal.
must_fail() {
	local status=0

	"$@" || status=$?
	[ "$status" -ne 0 ] || die "succeeded, and should not have: $*"
	[ "$status" -lt 128 ] || die "died ($status): $*"
}

# expect WANTED GOT [WHAT]
expect() {
	[ "$1" = "$2" ] || die "${3:-value}: expected '$1', got '$2'"
}

# disk N: the Nth test disk, from 1.
disk() {
	local -a all

	read -r -a all <<<"$DISKS"
	[ "$1" -le "${#all[@]}" ] || die "the test asks for disk $1 of ${#all[@]}"
	echo "${all[$1 - 1]}"
}

# unplug DEVICE: takes a virtio disk out while the system runs; replug brings all back.
unplug() {
	echo 1 >"/sys/block/${1#/dev/}/device/../remove"
}

replug() {
	echo 1 >/sys/bus/pci/rescan
}

# kill_wait PID...: ends processes that the test started, and reaps them.
kill_wait() {
	local pid

	for pid in "$@"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}
