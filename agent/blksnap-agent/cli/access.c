// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/access.h"
#include "cli/say.h"

int agent_control(void)
{
	int fd = blksnap_control_open();

	if (fd >= 0)
		return fd;
	say_failed(BLKSNAP_CONTROL_OPEN, fd, "cannot open /dev/blksnap-control");
	return -1;
}
