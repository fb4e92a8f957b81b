# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests with injected faults share; see fault-injection.rst of the kernel.

# shellcheck source=tests/snapshot/lib.sh
. "$(dirname "$0")/../snapshot/lib.sh"

PATH=$(dirname "$0"):$(dirname "$0")/../snapshot:$PATH
# What the other library has set.
: "${writers_pid:=}"
faults=/sys/kernel/debug

[ -d $faults/failslab ] || skip "the kernel cannot inject faults"

# code_of MODULE: where its code is, as FIRST LAST.
code_of() {
	awk -v module="[$1]" '$4 == module && $2 ~ /[tT]/ { print $1 }' /proc/kallsyms | sort |
		sed -n '1p;$p' | paste -sd' '
}

# function_at NAME: where its code is, as FIRST LAST.
function_at() {
	awk -v name="$1" 'NR == FNR && $3 == name { first = $1 }
		NR != FNR && $1 "" > first && (!last || $1 "" < last) { last = $1 }
		END { print first, last }' /proc/kallsyms /proc/kallsyms
}

# aim KIND [FUNCTION]: at those calls only that blksnap's code makes, or this function of it.
aim() {
	local kind=$faults/$1 first last

	read -r first last < <(if [ "${2:-}" ]; then function_at "$2"; else code_of blksnap; fi)
	echo "0x$first" >"$kind/require-start"
	echo "0x$last" >"$kind/require-end"
	echo 32 >"$kind/stacktrace-depth"
	echo 0 >"$kind/verbose"
	defer heal "$1"
}

# More than are made to fail.
MANY=1000000000

# inject KIND PERCENT: fail so many of those calls. I/O only of a device that is sick; not of
# the origin, whose writes go on from there as well.
inject() {
	aim "$1"
	echo $MANY >"$faults/$1/times"
	echo "$2" >"$faults/$1/probability"
}

# inject_one KIND SIZE: aimed, fail one: the first that does not fit into what is left of
# SIZE after those before it.
inject_one() {
	echo "$2" >"$faults/$1/space"
	echo 1 >"$faults/$1/times"
	echo 100 >"$faults/$1/probability"
}

# some_failed KIND: of those since inject.
some_failed() {
	[ "$(cat "$faults/$1/times")" -lt $MANY ]
}

# injected KIND: whether it has failed.
injected() {
	[ "$(cat "$faults/$1/times")" = 0 ]
}

heal() {
	echo 0 >"$faults/$1/probability"
}

# pass_over_kmemleak KIND: it makes an allocation for each one of the kernel, and gets along
# without.
pass_over_kmemleak() {
	local first last

	read -r first last < <(function_at __alloc_object)
	echo "0x$first" >"$faults/$1/reject-start"
	echo "0x$last" >"$faults/$1/reject-end"
	echo 32 >"$faults/$1/stacktrace-depth"
	defer eval "echo 0 >$faults/$1/reject-start; echo 0 >$faults/$1/reject-end"
}

# short_grace_periods: hundreds of rounds wait for them.
short_grace_periods() {
	echo 1 >/sys/kernel/rcu_expedited
	defer eval "echo 0 >/sys/kernel/rcu_expedited"
}

# allocations_that_sleep_fail_too: by default only the others do.
allocations_that_sleep_fail_too() {
	pass_over_kmemleak failslab
	pass_over_kmemleak fail_page_alloc
	echo N >$faults/failslab/ignore-gfp-wait
	echo N >$faults/fail_page_alloc/ignore-gfp-wait
	echo 0 >$faults/fail_page_alloc/min-order
	echo 0 >$faults/failslab/verbose
	echo 0 >$faults/fail_page_alloc/verbose
	echo 0 >$faults/fail_usercopy/verbose
	defer eval "echo Y >$faults/failslab/ignore-gfp-wait; echo Y >$faults/fail_page_alloc/ignore-gfp-wait"
}

# sick DEVICE: its I/O may be made to fail.
sick() {
	echo 1 >"/sys/class/block/${1#/dev/}/make-it-fail"
	defer eval "echo 0 >/sys/class/block/${1#/dev/}/make-it-fail"
}
