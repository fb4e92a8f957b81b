// SPDX-License-Identifier: GPL-2.0-or-later
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/wait_notice.h"

#define TERMINAL_SECONDS	1
#define OTHER_SECONDS		10

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended_cond = PTHREAD_COND_INITIALIZER;

/*
 * @lock protects @ended and @text. @running and @thread belong to the caller of
 * wait_notice_begin().
 */
static bool ended;
static bool running;
static pthread_t thread;
static char text[512];

static void *print_after_delay(void *argument)
{
	struct timespec until;
	int ret = 0;

	(void)argument;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += isatty(STDERR_FILENO) ? TERMINAL_SECONDS : OTHER_SECONDS;
	pthread_mutex_lock(&lock);
	while (!ended && !ret)
		ret = pthread_cond_timedwait(&ended_cond, &lock, &until);
	if (!ended)
		message_note("%s", text);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/*
 * If the thread cannot be created, no notice is printed. The thread blocks all signals, which are
 * for the caller.
 */
void wait_notice_begin(const char *format, ...)
{
	sigset_t all, before;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	ended = false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = !pthread_create(&thread, NULL, print_after_delay, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void wait_notice_end(void)
{
	if (!running)
		return;
	pthread_mutex_lock(&lock);
	ended = true;
	pthread_cond_signal(&ended_cond);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	running = false;
}
