#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# abi-symbols.sh BUILD: the libraries show exactly the names that are pinned, the shared
# one with the version that they were introduced in.

set -eu
here=$(dirname "$0")
list=$1/tests/symbols
status=0

# compare WHAT: the names on the standard input
compare() {
	sort >"$list"
	if ! diff "$here/abi-symbols" "$list"; then
		echo "FAILED: exported symbols of the $1 library"
		status=1
	fi
}

readelf --dyn-syms -W "$1/libblksnap.so" |
	awk '$7 != "UND" && $8 ~ /@@LIBBLKSNAP_1\.0$/ { sub(/@@.*/, "", $8); print $8 }' |
	compare shared
nm -g --defined-only "$1/libblksnap.a" | awk 'NF == 3 { print $3 }' | compare static
readelf -d "$1/libblksnap.so" | grep -q 'SONAME.*\[libblksnap\.so\.1\]' || {
	echo "FAILED: soname"
	status=1
}
exit $status
