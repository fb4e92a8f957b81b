#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup-borg.sh REPOSITORY DEVICE...: the images of devices at one instant, whole, to one archive of
# a borg repository (1.2). borg keeps each piece of them once. Needs jq.

set -euo pipefail
repository=$1
shift

id=$(blksnap-agent snapshot create "$@" --ttl 12h)
trap 'blksnap-agent snapshot destroy "$id"' EXIT
mapfile -t images < <(blksnap-agent snapshot show "$id" --json | jq -r '.devices[].image')

# It ends with 1 for a file that it could not read, as an image that was lost: no backup, then.
archive=$(date +%Y-%m-%dT%H:%M:%S)
if ! borg create --read-special --chunker-params fixed,65536 "$repository::$archive" "${images[@]}"; then
	borg delete "$repository::$archive" || true
	exit 1
fi
