// SPDX-License-Identifier: GPL-2.0-or-later
/* One program with two names; the name it is called by decides. */
#include <string.h>

#include "blksnap-agent/agent.h"
#include "blksnap/console.h"

int main(int argc, char **argv)
{
	if (argc && !strcmp(basename(argv[0]), "blksnap"))
		return console_main(argc, argv);
	return agent_main(argc, argv);
}
