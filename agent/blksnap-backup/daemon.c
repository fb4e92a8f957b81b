// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon.h"
#include "manifest.h"
#include "say.h"

#define LISTEN_QUEUE	4
#define PLAIN	(JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/*
 * A socket that listens. It loses its name at once, and is reached by a descriptor of its file:
 * nobody else can connect, and nothing is left behind when we are killed. -1 with errno.
 */
static int make_socket(struct daemon *daemon)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char dir[] = "/run/blksnap-backup.XXXXXX";
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error;

	daemon->socket = -1;
	if (listener < 0 || !mkdtemp(dir))
		return listener;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/nbd", dir);
	if (!bind(listener, (struct sockaddr *)&address, sizeof(address)) &&
	    !listen(listener, LISTEN_QUEUE))
		daemon->socket = open(address.sun_path, O_PATH | O_CLOEXEC);
	error = errno;
	unlink(address.sun_path);
	rmdir(dir);
	errno = error;
	return listener;
}

int daemon_connect(const struct daemon *daemon)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", daemon->socket);
	if (fd < 0 || !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

/* The greeting, and the answer to a command: events in between are passed over. */
static struct json_object *read_object(struct daemon *daemon, const char *either, const char *or)
{
	struct json_object *object = NULL;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, daemon->monitor) > 0) {
		object = json_tokener_parse(line);
		if (json_object_object_get(object, either) || json_object_object_get(object, or))
			break;
		json_object_put(object);
		object = NULL;
	}
	free(line);
	if (!object)
		say("qemu-storage-daemon has ended, or does not answer");
	return object;
}

static int greet(struct daemon *daemon)
{
	struct json_object *greeting = read_object(daemon, "QMP", "QMP");

	if (!greeting)
		return -1;
	json_object_put(greeting);
	return daemon_command(daemon, "qmp_capabilities", NULL, NULL);
}

int daemon_start(struct daemon *daemon)
{
	char chardev[64], server[64];
	int monitor[2] = { -1, -1 }, listener;
	int ret = -1;

	daemon->monitor = NULL;
	listener = make_socket(daemon);
	if (daemon->socket < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor)) {
		say_error(errno, "cannot make sockets for qemu-storage-daemon");
	} else {
		snprintf(chardev, sizeof(chardev), "socket,id=qmp,fd=%d", monitor[1]);
		snprintf(server, sizeof(server), "addr.type=fd,addr.str=%d", listener);
		child_add_all(&daemon->child, "qemu-storage-daemon", "--chardev", chardev,
			      "--monitor", "chardev=qmp", "--nbd-server", server, NULL);
		if (daemon->object)
			child_add_all(&daemon->child, "--object", daemon->object, NULL);
		child_pass(&daemon->child, monitor[1]);
		child_pass(&daemon->child, listener);
		daemon->monitor = fdopen(monitor[0], "re");
		if (!daemon->monitor || child_start(&daemon->child, NULL))
			daemon->child.pid = 0;
		else
			ret = 0;
	}
	if (listener >= 0)
		close(listener);
	if (monitor[1] >= 0)
		close(monitor[1]);
	if (!ret)
		ret = greet(daemon);
	if (ret)
		daemon_kill(daemon);
	return ret;
}

int daemon_command(struct daemon *daemon, const char *command, struct json_object *arguments,
		   struct json_object **result)
{
	struct json_object *object = json_object_new_object(), *answer, *error;

	manifest_set_text(object, "execute", command);
	if (arguments)
		json_object_object_add(object, "arguments", arguments);
	/* The stream is for reading: one that does both has to be sought in between. */
	dprintf(fileno(daemon->monitor), "%s\n", json_object_to_json_string_ext(object, PLAIN));
	json_object_put(object);
	answer = read_object(daemon, "return", "error");
	if (!answer)
		return -1;
	error = json_object_object_get(answer, "error");
	if (error)
		say("qemu-storage-daemon: %s: %s", command, manifest_text(error, "desc"));
	else if (result)
		*result = json_object_get(json_object_object_get(answer, "return"));
	json_object_put(answer);
	return error ? -1 : 0;
}

int daemon_add_node(struct daemon *daemon, struct json_object *node)
{
	return daemon_command(daemon, "blockdev-add", node, NULL);
}

int daemon_check_nodes(struct daemon *daemon)
{
	struct json_object *arguments = json_object_new_object(), *nodes;
	int ret = 0;

	json_object_object_add(arguments, "flat", json_object_new_boolean(true));
	if (daemon_command(daemon, "query-named-block-nodes", arguments, &nodes))
		return -1;
	for (size_t i = 0; !ret && i < json_object_array_length(nodes); i++) {
		struct json_object *node = json_object_array_get_idx(nodes, i);
		const char *name = manifest_text(node, "node-name");

		if (!name || *name == '#') {
			say("a file of the target refers to another file, %s: it is not used",
			    manifest_text(node, "file"));
			ret = -1;
		}
	}
	json_object_put(nodes);
	return ret;
}

static void release(struct daemon *daemon)
{
	if (daemon->monitor)
		fclose(daemon->monitor);
	daemon->monitor = NULL;
	if (daemon->socket >= 0)
		close(daemon->socket);
	daemon->socket = -1;
}

int daemon_end(struct daemon *daemon)
{
	int ret = daemon_command(daemon, "quit", NULL, NULL);
	int status;

	if (ret)
		kill(daemon->child.pid, SIGKILL);
	status = child_wait(&daemon->child);
	release(daemon);
	if (!ret && status > 0)
		say("qemu-storage-daemon ended with status %d", status);
	return ret || status ? -1 : 0;
}

void daemon_kill(struct daemon *daemon)
{
	if (daemon->child.pid > 0) {
		kill(daemon->child.pid, SIGKILL);
		while (waitpid(daemon->child.pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	release(daemon);
}
