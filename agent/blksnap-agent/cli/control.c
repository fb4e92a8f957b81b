// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/control.h"
#include "cli/message.h"

int control_open(void)
{
	int fd = blksnap_control_open();

	if (fd >= 0)
		return fd;
	message_failed(BLKSNAP_CONTROL_OPEN, fd, "cannot open /dev/blksnap-control");
	return -1;
}
