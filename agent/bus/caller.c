// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bus/caller.h"
#include "bus/interface.h"

/* The user may have to type a password. */
#define POLKIT_USEC	(5 * 60 * 1000000ULL)

#define INTERACTIVE	1

/* Only /etc/group is read: getgrnam() may wait for a directory server. */
gid_t caller_group(void)
{
	FILE *file = fopen("/etc/group", "re");
	struct group *entry = NULL;
	gid_t gid = -1;

	while (file && (entry = fgetgrent(file)) && strcmp(entry->gr_name, BUS_GROUP))
		;
	if (entry && entry->gr_gid)
		gid = entry->gr_gid;
	if (file)
		fclose(file);
	return gid;
}

static int read_groups(sd_bus_message *reply, gid_t group, bool *member)
{
	const uint32_t *groups;
	size_t size;
	int ret = sd_bus_message_enter_container(reply, 'v', "au");

	if (ret < 0)
		return ret;
	ret = sd_bus_message_read_array(reply, 'u', (const void **)&groups, &size);
	if (ret < 0)
		return ret;
	for (size_t i = 0; i < size / sizeof(*groups); i++)
		*member |= groups[i] == group;
	return sd_bus_message_exit_container(reply);
}

/* A bus that does not tell the groups leaves the caller without membership. */
static int read_credentials(sd_bus_message *reply, struct caller *caller)
{
	gid_t group = caller_group();
	bool have_uid = false;
	const char *key;
	int ret = sd_bus_message_enter_container(reply, 'a', "{sv}");

	caller->member = false;
	while (ret >= 0 && (ret = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		ret = sd_bus_message_read(reply, "s", &key);
		if (ret >= 0 && !strcmp(key, "UnixUserID")) {
			ret = sd_bus_message_read(reply, "v", "u", &caller->uid);
			have_uid = true;
		} else if (ret >= 0 && !strcmp(key, "UnixGroupIDs") && group != (gid_t)-1) {
			ret = read_groups(reply, group, &caller->member);
		} else if (ret >= 0) {
			ret = sd_bus_message_skip(reply, "v");
		}
		if (ret >= 0)
			ret = sd_bus_message_exit_container(reply);
	}
	if (ret < 0)
		return ret;
	return have_uid ? 0 : -ENODATA;
}

int caller_read(sd_bus_message *message, struct caller *caller)
{
	const char *sender = sd_bus_message_get_sender(message);
	sd_bus_message *reply = NULL;
	int ret;

	if (!sender)
		return -ENODATA;
	ret = sd_bus_call_method(sd_bus_message_get_bus(message), "org.freedesktop.DBus",
				 "/org/freedesktop/DBus", "org.freedesktop.DBus",
				 "GetConnectionCredentials", NULL, &reply, "s", sender);
	if (ret >= 0)
		ret = read_credentials(reply, caller);
	sd_bus_message_unref(reply);
	return ret;
}

/* The subject is the connection, whose unique name is never used again. */
int caller_ask(sd_bus_message *message, const char *action, sd_bus_message_handler_t answer,
	       void *argument, sd_bus_slot **slot)
{
	sd_bus *bus = sd_bus_message_get_bus(message);
	uint32_t flags = sd_bus_message_get_allow_interactive_authorization(message) > 0 ?
			 INTERACTIVE : 0;
	sd_bus_message *question = NULL;
	int ret;

	ret = sd_bus_message_new_method_call(bus, &question, "org.freedesktop.PolicyKit1",
					     "/org/freedesktop/PolicyKit1/Authority",
					     "org.freedesktop.PolicyKit1.Authority",
					     "CheckAuthorization");
	if (ret >= 0)
		ret = sd_bus_message_append(question, "(sa{sv})sa{ss}us", "system-bus-name", 1,
					    "name", "s", sd_bus_message_get_sender(message),
					    action, 0, flags, "");
	if (ret >= 0)
		ret = sd_bus_call_async(bus, slot, question, answer, argument, POLKIT_USEC);
	sd_bus_message_unref(question);
	return ret < 0 ? ret : 0;
}

bool caller_allowed(sd_bus_message *reply, sd_bus_error *error)
{
	int authorized = 0, challenge = 0;

	if (sd_bus_message_is_method_error(reply, NULL)) {
		sd_bus_error_setf(error, BUS_ERROR_REFUSED,
				  "polkit cannot be asked, so only root may do this: %s",
				  sd_bus_message_get_error(reply)->message);
		return false;
	}
	if (sd_bus_message_enter_container(reply, 'r', "bba{ss}") < 0 ||
	    sd_bus_message_read(reply, "bb", &authorized, &challenge) < 0)
		authorized = challenge = 0;
	if (authorized)
		return true;
	if (challenge)
		sd_bus_error_set_const(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
				       "polkit asks for an administrator's password, which nobody here can be asked for");
	else
		sd_bus_error_set_const(error, BUS_ERROR_REFUSED,
				       "polkit does not allow it");
	return false;
}
