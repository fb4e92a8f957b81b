// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * blksnap-agent for those who are not root: the service on the system bus, and what calls it.
 * "serve" is the service, which systemd starts; any other word is a command, with which
 * blksnap-agent starts this program.
 */
#include <stdio.h>
#include <string.h>

#include "bus/client.h"
#include "bus/serve.h"
#include "cli/descriptors.h"
#include "cli/exit_status.h"

int main(int argc, char **argv)
{
	if (descriptors_open_standard())
		return STATUS_FAILED;
	if (argc < 2) {
		fputs("Usage: blksnap-agent-bus serve\n", stderr);
		return STATUS_USAGE;
	}
	return strcmp(argv[1], "serve") ? client(argc, argv) : serve();
}
