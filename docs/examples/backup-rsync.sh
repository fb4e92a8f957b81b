#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup-rsync.sh TARGET MOUNT_POINT...: the files of mounted file systems at one instant, by rsync.

set -euo pipefail
target=$1
shift

id=$(blksnap-agent snapshot create "$@" --ttl 12h)
dir=$(mktemp -d)
finish() {
	blksnap-agent snapshot umount "$id" --quiet
	blksnap-agent snapshot destroy "$id"
	rmdir "$dir"
}
trap finish EXIT
blksnap-agent snapshot mount "$id" "$dir" >/dev/null
rsync --archive --hard-links --acls --xattrs --sparse --delete "$dir/" "$target/"
