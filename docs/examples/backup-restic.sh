#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup-restic.sh DEVICE NAME: the image of a device, whole, to a restic repository
# ($RESTIC_REPOSITORY, $RESTIC_PASSWORD_FILE ...), as the file NAME. restic keeps each piece of it once.
# Needs jq, and restic 0.17 for its --stdin-from-command; an older one is given the standard input.

set -euo pipefail
device=$1 name=$2

id=$(blksnap-agent snapshot create "$device" --ttl 12h)
trap 'blksnap-agent snapshot destroy "$id"' EXIT
image=$(blksnap-agent snapshot show "$id" --json | jq -r '.devices[0].image')

# An image that was lost gives read errors: then nothing may be kept.
if restic backup --help | grep -q -e --stdin-from-command; then
	restic backup --stdin-filename "$name" --stdin-from-command -- dd if="$image" bs=1M status=none
else
	tag=blksnap-$id
	if ! dd if="$image" bs=1M status=none |
		restic backup --stdin --stdin-filename "$name" --tag "$tag"; then
		restic snapshots --tag "$tag" --json | jq -r '.[]?.id' | xargs -r restic forget
		exit 1
	fi
fi
