#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# message-ids.sh: the manual has the message ids of the source, and no others.

cd "$(dirname "$0")/.." || exit 1
ids() {
	grep -oE '\b[0-9a-f]{32}\b' "$1" | sort
}

[ "$(ids blksnap-agent/cli/message.c)" = "$(ids ../docs/man/blksnap-agent.8)" ] || {
	echo "FAILED: the message ids in cli/message.c and blksnap-agent(8) differ"
	exit 1
}
