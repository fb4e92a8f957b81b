// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stddef.h>

#include "say.h"
#include "stop.h"

static volatile sig_atomic_t caught;

static void note(int signal)
{
	caught = signal;
}

void stop_catch(void)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool stop_wanted(void)
{
	static bool said;

	if (caught && !said)
		say("ended by signal %d", (int)caught);
	said = said || caught;
	return caught;
}
