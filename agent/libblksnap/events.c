// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel has no descriptor to poll for events, only a call that waits. A thread makes the call,
 * and sends the events through a socket pair.
 *
 * The thread is ended by cancellation. Cancellation is enabled only while the thread waits in the
 * kernel or writes to the socket, when it owns nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "call.h"

/* The call returns after an hour at the latest, and is repeated. */
#define WAIT_MS		3600000

struct message {
	int32_t result;
	struct blksnap_event event;
};

/**
 * struct blksnap_events - see the public header
 * @control: descriptor of the module, for the thread
 * @id: of the snapshot
 * @reader: the caller's end of the socket pair
 * @writer: the thread's end
 * @thread: waits and writes
 * @final: 0, or the last result, which is returned from then on
 */
struct blksnap_events {
	int control;
	struct blksnap_id id;
	int reader;
	int writer;
	pthread_t thread;
	int final;
};

static int wait_cancellable(struct blksnap_events *events, struct blksnap_event *event)
{
	int old, ret;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	ret = blksnap_event_wait(events->control, &events->id, WAIT_MS, event);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_setcanceltype(old, NULL);
	return ret;
}

/* Blocks if the reader is slow, so that no event is lost. */
static int send_cancellable(struct blksnap_events *events, const struct message *message)
{
	ssize_t sent;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	sent = send(events->writer, message, sizeof(*message), MSG_NOSIGNAL);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	return sent < 0 ? -errno : 0;
}

static void *gather(void *argument)
{
	struct blksnap_events *events = argument;
	struct message message;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	do {
		memset(&message, 0, sizeof(message));
		message.result = wait_cancellable(events, &message.event);
		if (message.result == -ENOENT || message.result == -EINTR)
			message.result = 0;
		else if (send_cancellable(events, &message))
			break;
	} while (!message.result);
	shutdown(events->writer, SHUT_WR);
	return NULL;
}

/* The thread blocks all signals, which are for the program. */
static int start(struct blksnap_events *events)
{
	sigset_t all, old;
	int ret;

	sigfillset(&all);
	ret = pthread_sigmask(SIG_SETMASK, &all, &old);
	if (ret)
		return -ret;
	ret = pthread_create(&events->thread, NULL, gather, events);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -ret;
}

static int open_sockets(struct blksnap_events *events)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	events->reader = pair[0];
	events->writer = pair[1];
	return 0;
}

static void close_all(struct blksnap_events *events)
{
	close(events->control);
	if (events->reader >= 0)
		close(events->reader);
	if (events->writer >= 0)
		close(events->writer);
	free(events);
}

int blksnap_events_open(int control, const struct blksnap_id *id, struct blksnap_events **result)
{
	struct blksnap_events *events = calloc(1, sizeof(*events));
	int ret;

	if (!events)
		return -ENOMEM;
	events->id = *id;
	events->reader = -1;
	events->writer = -1;
	events->control = fcntl(control, F_DUPFD_CLOEXEC, 0);
	if (events->control < 0) {
		ret = -errno;
		free(events);
		return ret;
	}
	ret = open_sockets(events);
	if (!ret)
		ret = start(events);
	if (ret)
		close_all(events);
	else
		*result = events;
	return ret;
}

int blksnap_events_fd(const struct blksnap_events *events)
{
	return events->reader;
}

int blksnap_events_read(struct blksnap_events *events, struct blksnap_event *event)
{
	struct message message;
	ssize_t got;

	if (events->final)
		return events->final;
	got = recv(events->reader, &message, sizeof(message), MSG_DONTWAIT);
	if (got < 0)
		return -errno;
	if (got != sizeof(message))
		events->final = -EIO;
	else if (message.result)
		events->final = message.result;
	else
		*event = message.event;
	return events->final;
}

void blksnap_events_close(struct blksnap_events *events)
{
	if (!events)
		return;
	pthread_cancel(events->thread);
	pthread_join(events->thread, NULL);
	close_all(events);
}
