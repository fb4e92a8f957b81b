// SPDX-License-Identifier: GPL-2.0-or-later
/* Serves the images of a snapshot by NBD, which blksnap-backup does through QEMU. */
#include <errno.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "commands/commands.h"

/* Run blksnap-backup in place of this program. Returns only if it cannot be run. */
static int hand_over(char **argv)
{
	argv[0] = "blksnap-backup";
	execvp(argv[0], argv);
	message_errno(errno, "cannot export: cannot run blksnap-backup; is the package blksnap-backup installed?");
	return STATUS_FAILED;
}

const struct agent_command agent_export = {
	.name = "export",
	.usage = "ID [DEVICE] --socket PATH|--listen HOST:PORT [OPTION...]",
	.summary = "Serve the images of a snapshot by NBD until it ends",
	.hand_over = hand_over,
};
