/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods of the interface, each of which runs a command of blksnap-agent. */
#ifndef BLKSNAP_BUS_METHODS_H
#define BLKSNAP_BUS_METHODS_H

#include <systemd/sd-bus.h>

#include "string_list.h"

/**
 * struct method - a method
 * @member: its name
 * @action: of polkit; NULL: members of the group may call it
 * @command: the command's one or two words
 * @answers: exit statuses besides 0 that are no errors, a bit each
 * @reply: what it returns: d: the output as text, h: the output as a file, i: the exit status,
 *	m: the messages
 * @read: validates the arguments of the message, and appends options and words to the command
 *	line. Returns 0 or a negative errno, in which case the error is set
 *
 * The caller is not trusted: words come behind "--", and none of them is a path that the caller
 * chose.
 */
struct method {
	const char *member;
	const char *action;
	const char *command[2];
	unsigned int answers;
	const char *reply;
	int (*read)(sd_bus_message *message, struct strings *argv, sd_bus_error *error);
};

const struct method *method_find(const char *member);

/* Make the command line for a message. Returns 0, or a negative errno and sets the error. */
int method_arguments(const struct method *method, sd_bus_message *message, struct strings *argv,
		     sd_bus_error *error);

#endif
