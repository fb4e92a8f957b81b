// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The images of a snapshot for NBD clients: qemu-storage-daemon serves them, and what changed as
 * the context "qemu:dirty-bitmap:since-N".
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "base.h"
#include "chain.h"
#include "options.h"
#include "say.h"
#include "server.h"
#include "stop.h"

#define LONGEST_EXPORT	128
#define STATUS_GENERATION 3

/**
 * struct exported - an image
 * @source: its entry in "snapshot show"
 * @name: of the export
 * @fd: the image
 * @node: of the daemon
 */
struct exported {
	struct json_object *source;
	char *name;
	int fd;
	char node[32];
};

struct exports {
	struct exported *items;
	size_t count;
	char bitmap[16];
};

/* Names as those of the devices of a point; they only have to differ from each other. */
static int collect(struct exports *exports, const struct snapshot *snapshot, const char *wanted)
{
	size_t count = json_object_array_length(snapshot->devices);
	struct json_object *named = json_object_new_object();

	json_object_object_add(named, "devices", json_object_new_array());
	exports->items = calloc(count + 1, sizeof(*exports->items));
	for (size_t i = 0; exports->items && i < count; i++) {
		struct exported *item = &exports->items[exports->count];
		struct json_object *entry = json_object_new_object();
		const char *path, *stable, *given;

		item->source = json_object_array_get_idx(snapshot->devices, i);
		path = manifest_text(item->source, "device");
		stable = manifest_text(item->source, "stable_name");
		given = manifest_text(item->source, "given");
		item->name = base_device_name(named, item->source);
		manifest_set_text(entry, "name", item->name);
		json_object_array_add(manifest_devices(named), entry);
		if (wanted && strcmp(wanted, path) && (!stable || strcmp(wanted, stable)) &&
		    (!given || strcmp(wanted, given)) && strcmp(wanted, item->name))
			free(item->name);
		else
			exports->count++;
	}
	json_object_put(named);
	if (exports->count)
		return 0;
	say("snapshot %s has no device '%s'", snapshot->id, wanted ? wanted : "at all");
	return -1;
}

static int open_images(struct exports *exports, struct child *child)
{
	for (size_t i = 0; i < exports->count; i++) {
		struct exported *item = &exports->items[i];
		const char *image = manifest_text(item->source, "image");

		item->fd = image ? open(image, O_RDONLY | O_CLOEXEC) : -1;
		if (item->fd < 0) {
			say_error(image ? errno : ENOENT, "cannot open the image of %s",
				  manifest_text(item->source, "device"));
			return -1;
		}
		child_pass(child, item->fd);
	}
	return 0;
}

static int add_node(struct daemon *daemon, struct exported *item)
{
	struct json_object *node = node_for_fd(item->fd);

	snprintf(item->node, sizeof(item->node), "%s", manifest_text(node, "node-name"));
	json_object_object_add(node, "read-only", json_object_new_boolean(true));
	return daemon_add_node(daemon, node);
}

/* A status. */
static int add_changes(struct daemon *daemon, const struct exports *exports,
		       const struct options *options)
{
	const struct exported *item = &exports->items[0];
	const char *path = manifest_text(item->source, "device");
	uint32_t block = agent_block_size(path);
	enum agent_changes changes = AGENT_CHANGES_FAILED;
	struct bitmap *bitmap;

	if (!block)
		return STATUS_FAILED;
	bitmap = bitmap_begin(daemon, manifest_number(item->source, "size"),
			      block < BITMAP_GRANULARITY ? block : BITMAP_GRANULARITY);
	if (!bitmap)
		return STATUS_FAILED;
	changes = agent_changes_since(path, options->since, options->generation, bitmap);
	if (bitmap_end(bitmap, changes ? NULL : item->node, exports->bitmap) && !changes)
		changes = AGENT_CHANGES_FAILED;
	if (changes == AGENT_CHANGES_STALE)
		return STATUS_GENERATION;
	return changes ? STATUS_FAILED : STATUS_OK;
}

static int add_export(struct daemon *daemon, const struct exported *item, const char *bitmap)
{
	struct json_object *arguments = json_object_new_object();
	struct json_object *bitmaps = json_object_new_array();

	manifest_set_text(arguments, "type", "nbd");
	manifest_set_text(arguments, "id", item->node);
	manifest_set_text(arguments, "node-name", item->node);
	manifest_set_text(arguments, "name", item->name);
	json_object_object_add(arguments, "writable", json_object_new_boolean(false));
	if (*bitmap)
		json_object_array_add(bitmaps, json_object_new_string(bitmap));
	json_object_object_add(arguments, "bitmaps", bitmaps);
	return daemon_command(daemon, "block-export-add", arguments, NULL);
}

/* A status. */
static int serve(struct daemon *daemon, struct exports *exports, const struct options *options)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < exports->count; i++)
		if (add_node(daemon, &exports->items[i]))
			return STATUS_FAILED;
	if (options->generation)
		status = add_changes(daemon, exports, options);
	if (status)
		return status;
	if (server_start(daemon, options))
		return STATUS_FAILED;
	for (size_t i = 0; i < exports->count; i++)
		if (add_export(daemon, &exports->items[i], exports->bitmap))
			return STATUS_FAILED;
	return server_publish(options) ? STATUS_FAILED : STATUS_OK;
}

/* Until the snapshot ends, the daemon does, or we are to end. */
static void wait_for_end(struct daemon *daemon, struct child *end)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	pid_t pid = 0;

	while (!stop_wanted() && !(pid = waitpid(-1, NULL, WNOHANG)))
		nanosleep(&pause, NULL);
	if (pid == daemon->child.pid) {
		say("qemu-storage-daemon has ended by itself");
		daemon->child.pid = 0;
	}
	if (pid == end->pid)
		end->pid = 0;
}

/* A status. */
static int run_daemon(struct exports *exports, const struct snapshot *snapshot,
		      const struct options *options)
{
	char *object = server_tls(options);
	struct daemon daemon = { .object = object };
	struct child end = {};
	int status;

	status = open_images(exports, &daemon.child) || daemon_start(&daemon);
	free(object);
	if (status)
		return STATUS_FAILED;
	status = serve(&daemon, exports, options);
	if (!status && agent_await_end(&end, snapshot))
		status = STATUS_FAILED;
	if (!status) {
		for (size_t i = 0; i < exports->count; i++)
			server_print(options, exports->items[i].name);
		fflush(stdout);
		wait_for_end(&daemon, &end);
		status = daemon.child.pid ? STATUS_OK : STATUS_FAILED;
	}
	if (end.pid > 0)
		kill(end.pid, SIGKILL);
	daemon_kill(&daemon);
	server_stop(options);
	return status;
}

static int check(const struct options *options)
{
	bool since = options->since, generation = options->generation;

	if (since != generation) {
		say("--since and --generation need each other, and the number of a snapshot is 1 at least");
		return STATUS_USAGE;
	}
	return server_check(options);
}

static int run(const struct options *options)
{
	struct exports exports = {};
	struct snapshot snapshot = {};
	int status = check(options);

	if (status)
		return status;
	if (agent_find(&snapshot, options->words[0]) ||
	    collect(&exports, &snapshot, options->word_count > 1 ? options->words[1] : NULL))
		status = STATUS_FAILED;
	if (!status && options->generation) {
		snprintf(exports.bitmap, sizeof(exports.bitmap), "since-%" PRIu64, options->since);
		if (exports.count > 1) {
			say("--since is the number of one device: say which");
			status = STATUS_USAGE;
		}
	}
	if (!status)
		status = run_daemon(&exports, &snapshot, options);
	for (size_t i = 0; i < exports.count; i++) {
		free(exports.items[i].name);
		if (exports.items[i].fd > 0)
			close(exports.items[i].fd);
	}
	free(exports.items);
	agent_forget(&snapshot);
	return status;
}

const struct command command_export = {
	.name = "export",
	.usage = "ID [DEVICE] --socket PATH|--listen HOST:PORT [OPTION...]",
	.summary = "Serve the images of a snapshot by NBD until it ends",
	.takes = OPTION_SOCKET | OPTION_LISTEN | OPTION_SINCE,
	.no_target = true,
	.least = 1,
	.most = 2,
	.run = run,
};
