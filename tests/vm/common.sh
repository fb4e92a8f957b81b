# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What all host-side scripts of the harness share. Sourced, never run.

set -euo pipefail

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TESTS_DIR=$(dirname "$VM_DIR")
REPO_DIR=$(dirname "$TESTS_DIR")
BUILD_DIR=${BLKSNAP_BUILD:-$REPO_DIR/build}
CACHE_DIR=${BLKSNAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/blksnap}
# The processor of a guest that is emulated. Without the instructions that copy any number of
# bytes: the emulator does them byte by byte (and counts each), while the loops that the kernel
# and libc have instead copy words.
GUEST_CPU=${GUEST_CPU:-max,la57=off,-erms,-fsrm}
export VM_DIR TESTS_DIR REPO_DIR BUILD_DIR CACHE_DIR GUEST_CPU

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$@"
	exit 125
}

# with_lock NAME COMMAND...: one at a time among all users of the cache.
with_lock() {
	local name=$1
	shift
	mkdir -p "$CACHE_DIR/locks"
	(
		flock 9
		"$@" 9>&-
	) 9>"$CACHE_DIR/locks/$name"
}

# logged FILE COMMAND...: the output goes to FILE and is shown only on failure.
logged() {
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	if ! "$@" >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		say "failed: $* (all of it: $log)"
		return 1
	fi
}

# kernel_name NAME|DIR: how a kernel is called in the cache, in build/ and everywhere. DIR is a
# kernel tree that somebody has built; it is named after its folder.
kernel_name() {
	local tree name

	[[ $1 == */* ]] || { echo "$1" && return; }
	tree=$(realpath -m "$1")
	[ -e "$tree/arch/x86/boot/bzImage" ] && [ -e "$tree/modules.order" ] ||
		die "cannot use the kernel in $1: it is not built, with 'make bzImage modules' for x86"
	name=tree-$(basename "$tree")-$(sha256sum <<<"$tree" | cut -c1-6)
	mkdir -p "$CACHE_DIR/trees"
	ln -sfn "$tree" "$CACHE_DIR/trees/$name"
	echo "$name"
}

# lay_out_tree TREE DIR: a kernel that was built in TREE, as tests/vm/kernel says.
lay_out_tree() {
	local tree=$1 dir=$2 version

	rm -rf "$dir"
	mkdir -p "$dir"
	version=$(make -s -C "$tree" ARCH=x86 kernelrelease)
	logged "$dir.install.log" make -C "$tree" ARCH=x86 INSTALL_MOD_PATH="$dir" modules_install
	rm -f "$dir/lib/modules/$version"/{build,source} "$dir.install.log"
	cp "$tree/arch/x86/boot/bzImage" "$dir/vmlinuz"
	cp "$tree/.config" "$dir/config"
	ln -s "$tree" "$dir/headers"
	echo "$version" >"$dir/version"
}

# kernel_line NAME: the fields of a kernel of tests/kernels, or those of a tree.
kernel_line() {
	[[ $1 != tree-* ]] || { echo "$1 tree - - all - -" && return; }
	awk -v name="$1" '$1 == name { print; found = 1 } END { exit !found }' \
		"$TESTS_DIR/kernels" || die "no kernel '$1' in tests/kernels"
}

# kernel_architecture NAME: Debian's name of what it runs on.
kernel_architecture() {
	kernel_line "$1" | awk '{ print $3 ~ /:/ ? substr($3, index($3, ":") + 1) : "amd64" }'
}

# kernel_tests NAME: which tests the kernel runs.
kernel_tests() {
	kernel_line "$1" | awk '{ print $5 }'
}

# kernel_names [default]: all kernels of the list, or those tested by default.
kernel_names() {
	awk -v want="${1:-}" '/^[^#]/ && (want == "" || $2 == want) { print $1 }' \
		"$TESTS_DIR/kernels"
}
