#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bmap.sh PROGRAM: bmaptool copies with our block map what it names, and nothing else.

set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
size=$((10 * 65536 - 4096))

"$1" bmap >"$dir/bmap"
head -c $size /dev/urandom >"$dir/image"
head -c $size /dev/zero >"$dir/copy"
cp "$dir/copy" "$dir/wanted"
for block in 0 2 3 9; do
	dd if="$dir/image" of="$dir/wanted" bs=64k count=1 skip=$block seek=$block conv=notrunc \
		status=none
done
bmaptool --quiet copy --bmap "$dir/bmap" "$dir/image" "$dir/copy"
cmp "$dir/wanted" "$dir/copy" || {
	echo "FAILED: bmaptool did not copy what the block map names"
	exit 1
}
