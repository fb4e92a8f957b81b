/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who calls, and what the caller may do. */
#ifndef BLKSNAP_BUS_CALLER_H
#define BLKSNAP_BUS_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>

/**
 * struct caller - the credentials of a connection to the bus
 * @uid: effective user
 * @member: the group is its effective or one of its supplementary groups
 *
 * The bus took them from the socket when the process connected. They are not looked up by the
 * process id, which may belong to another process by now.
 */
struct caller {
	uid_t uid;
	bool member;
};

/* Ask the bus who sent the message. Returns 0 or a negative errno. */
int caller_read(sd_bus_message *message, struct caller *caller);

/* Returns the id of the group, or -1 if there is none. */
gid_t caller_group(void);

/*
 * Ask polkit whether the sender of the message may perform an action. @answer is called with the
 * reply, from the event loop. The slot cancels that. Returns 0 or a negative errno.
 */
int caller_ask(sd_bus_message *message, const char *action, sd_bus_message_handler_t answer,
	       void *argument, sd_bus_slot **slot);

/* Whether polkit's reply is a yes. Anything else sets the error. */
bool caller_allowed(sd_bus_message *reply, sd_bus_error *error);

#endif
