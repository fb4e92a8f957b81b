// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest.h"
#include "say.h"
#include "server.h"

#define TLS	"tls"

int server_check(const struct options *options)
{
	struct stat st;

	if (!options->socket == !options->listen)
		say("say where to listen: --socket PATH or --listen HOST:PORT");
	else if (options->listen && !options->tls == !options->psk)
		say("--listen needs --tls or --psk: what is on the devices would go over the network in clear");
	else if (options->listen && !strrchr(options->listen, ':'))
		say("'%s' is no HOST:PORT", options->listen);
	else if (options->socket && *options->socket != '/')
		say("the socket needs a path that begins with /");
	else if (options->socket && !lstat(options->socket, &st))
		say("cannot listen on %s: it is there already", options->socket);
	else
		return STATUS_OK;
	return STATUS_USAGE;
}

/* USER, USER:GROUP or :GROUP */
static int find_owner(const char *text, uid_t *uid, gid_t *gid)
{
	char *user = strdup(text), *group = user ? strchr(user, ':') : NULL;
	const struct passwd *passwd = NULL;
	const struct group *entry = NULL;

	if (group)
		*group++ = '\0';
	if (user && *user)
		passwd = getpwnam(user);
	if (group)
		entry = getgrnam(group);
	*uid = passwd ? passwd->pw_uid : (uid_t)-1;
	*gid = entry ? entry->gr_gid : (gid_t)-1;
	if (!user || (*user && !passwd) || (group && !entry)) {
		say("there is no user or group '%s'", text);
		free(user);
		return -1;
	}
	free(user);
	return 0;
}

/* It was made for root alone: whom it is for comes last. */
static int open_socket(const struct options *options)
{
	bool group = options->owner && strchr(options->owner, ':');
	uid_t uid = -1;
	gid_t gid = -1;

	if (options->owner && find_owner(options->owner, &uid, &gid))
		return -1;
	if (lchown(options->socket, uid, gid) || chmod(options->socket, group ? 0660 : 0600)) {
		say_error(errno, "cannot give socket %s to %s", options->socket,
			  options->owner ? options->owner : "root");
		return -1;
	}
	return 0;
}

/* For the command line: version 5.2 has no other way. A comma in the folder's name is doubled. */
char *server_tls(const struct options *options)
{
	const char *dir = options->tls ? options->tls : options->psk;
	char *folder, *end, *text = NULL;

	if (!options->listen)
		return NULL;
	folder = malloc(2 * strlen(dir) + 1);
	for (end = folder; folder && *dir; dir++) {
		if (*dir == ',')
			*end++ = ',';
		*end++ = *dir;
	}
	if (folder)
		*end = '\0';
	if (folder && asprintf(&text, "tls-creds-%s,id=" TLS ",endpoint=server,dir=%s",
			       options->tls ? "x509,verify-peer=on" : "psk", folder) < 0)
		text = NULL;
	free(folder);
	return text;
}

static struct json_object *address(const struct options *options)
{
	struct json_object *address = json_object_new_object(), *data = json_object_new_object();
	const char *colon = options->listen ? strrchr(options->listen, ':') : NULL;

	manifest_set_text(address, "type", options->socket ? "unix" : "inet");
	if (options->socket) {
		manifest_set_text(data, "path", options->socket);
	} else {
		json_object_object_add(data, "host", json_object_new_string_len(options->listen,
				       colon - options->listen));
		manifest_set_text(data, "port", colon + 1);
	}
	json_object_object_add(address, "data", data);
	return address;
}

int server_start(struct daemon *daemon, const struct options *options)
{
	struct json_object *arguments;

	if (daemon_command(daemon, "nbd-server-stop", NULL, NULL))
		return -1;
	arguments = json_object_new_object();
	json_object_object_add(arguments, "addr", address(options));
	if (options->listen)
		manifest_set_text(arguments, "tls-creds", TLS);
	return daemon_command(daemon, "nbd-server-start", arguments, NULL);
}

int server_publish(const struct options *options)
{
	return options->socket ? open_socket(options) : 0;
}

void server_stop(const struct options *options)
{
	if (options->socket)
		unlink(options->socket);
}

void server_print(const struct options *options, const char *export)
{
	if (options->socket)
		printf("nbd+unix:///%s?socket=%s\n", export, options->socket);
	else
		printf("nbds://%s/%s\n", options->listen, export);
}
