// SPDX-License-Identifier: GPL-2.0-or-later
/* The content of devices at a point, to devices or files. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "catalogue.h"
#include "chain.h"
#include "content.h"
#include "copy.h"
#include "delta.h"
#include "nbd.h"
#include "options.h"
#include "quantity.h"
#include "say.h"
#include "stop.h"

/**
 * struct restore - of one device
 * @name: of the device, in the point
 * @to: where its content goes
 * @fd: that, open
 * @qcow2: it is a qcow2 that we have made
 * @made: it is a file that we have made
 * @size: of the device
 */
struct restore {
	const char *name;
	const char *to;
	int fd;
	bool qcow2;
	bool made;
	uint64_t size;
};

/* By its name in the point, its node, its stable name, where it was mounted or its UUID. */
static struct json_object *find_device(const struct point *point, const char *text)
{
	static const char *const names[] = {
		"name", "device", "stable_name", "mount_point", "uuid", "label",
	};
	struct json_object *found = NULL;

	for (size_t i = 0; i < manifest_device_count(point->manifest); i++) {
		struct json_object *device = manifest_device_at(point->manifest, i);

		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			const char *name = manifest_text(device, names[j]);

			if (!name || strcmp(name, text))
				continue;
			if (found && found != device) {
				say("point %s has several devices '%s'", point->name, text);
				return NULL;
			}
			found = device;
		}
	}
	if (!found)
		say("point %s has no device '%s'; blksnap-backup show tells its devices",
		    point->name, text);
	return found;
}

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) > strlen(end) && !strcmp(text + strlen(text) - strlen(end), end);
}

static int make_file(struct restore *restore)
{
	char path[48], size[24];
	struct child child = {};

	restore->fd = open(restore->to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (restore->fd < 0)
		return -1;
	restore->made = true;
	restore->qcow2 = ends_with(restore->to, ".qcow2");
	if (!restore->qcow2)
		return ftruncate(restore->fd, restore->size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", restore->fd);
	snprintf(size, sizeof(size), "%" PRIu64, restore->size);
	child_add_all(&child, "qemu-img", "create", "-q", "-f", "qcow2", path, size, NULL);
	child_pass(&child, restore->fd);
	errno = EIO;
	return child_run(&child, NULL) ? -1 : 0;
}

/* One that is mounted or used otherwise cannot be opened like that. */
static int open_device(struct restore *restore)
{
	uint64_t size;

	restore->fd = open(restore->to, O_RDWR | O_EXCL | O_CLOEXEC);
	if (restore->fd < 0 || ioctl(restore->fd, BLKGETSIZE64, &size))
		return -1;
	if (size >= restore->size)
		return 0;
	errno = ENOSPC;
	return -1;
}

/* A file is overwritten only if it can be meant: it has the device's size. */
static int open_file(struct restore *restore, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || (uint64_t)st->st_size != restore->size) {
		errno = EEXIST;
		return -1;
	}
	restore->fd = open(restore->to, O_RDWR | O_CLOEXEC);
	return restore->fd < 0 ? -1 : 0;
}

static int open_target(struct restore *restore)
{
	struct stat st;
	int ret;

	if (stat(restore->to, &st))
		ret = errno == ENOENT ? make_file(restore) : -1;
	else if (S_ISBLK(st.st_mode))
		ret = open_device(restore);
	else
		ret = open_file(restore, &st);
	if (ret)
		say_error(errno, "cannot restore %s to %s", restore->name, restore->to);
	return ret;
}

static struct json_object *target_node(const struct restore *restore)
{
	struct json_object *file = node_for_fd(restore->fd), *node;

	if (!restore->qcow2)
		return file;
	node = json_object_new_object();
	manifest_set_text(node, "driver", "qcow2");
	manifest_set_text(node, "node-name", "restored");
	json_object_object_add(node, "file", file);
	return node;
}

static int copy(struct restore *restore, struct daemon *daemon, const struct chain *chain,
		const struct options *options)
{
	struct json_object *node = target_node(restore);
	char *name = strdup(manifest_text(node, "node-name"));
	struct copy copy = {
		.name = restore->name, .source = CONTENT_NODE, .target = name,
		.bitmap = options->given & OPTION_DELTA && !restore->made, .rate = options->rate,
	};
	char bytes[SIZE_TEXT];
	int ret;

	ret = content_add(daemon, chain) || daemon_add_node(daemon, node) ? -1 : 0;
	if (!ret && copy.bitmap)
		ret = delta_mark(daemon, restore->fd, restore->size, restore->name);
	if (!ret)
		ret = copy_run(&copy, daemon) || nbd_flush_node(daemon, name, restore->to) ? -1 : 0;
	if (!ret && !say_is_json() && !say_is_quiet())
		printf("%s: %s restored to %s\n", restore->name, size_format(copy.bytes, bytes),
		       restore->to);
	free(name);
	return ret;
}

static int restore_chain(struct restore *restore, const struct chain *chain,
			 const struct options *options)
{
	struct daemon daemon = {};
	int ret;

	if (open_target(restore))
		return -1;
	chain_pass(chain, &daemon.child);
	child_pass(&daemon.child, restore->fd);
	if (daemon_start(&daemon))
		return -1;
	ret = copy(restore, &daemon, chain, options);
	if (ret)
		daemon_kill(&daemon);
	else
		ret = daemon_end(&daemon);
	if (!ret && fsync(restore->fd)) {
		say_error(errno, "cannot write %s", restore->to);
		ret = -1;
	}
	return ret;
}

static int restore_device(const struct catalogue *catalogue, const struct point *point, char *word,
			  const struct options *options)
{
	struct restore restore = { .fd = -1 };
	char *equals = strchr(word, '=');
	struct json_object *device;
	struct chain chain;
	int ret;

	if (!equals || equals == word || !equals[1]) {
		say("'%s' does not say what is restored to where: DEVICE=TO", word);
		return -1;
	}
	*equals = '\0';
	device = find_device(point, word);
	if (!device)
		return -1;
	restore.name = manifest_text(device, "name");
	restore.to = equals + 1;
	restore.size = manifest_number(device, "size");
	if (chain_open(&chain, catalogue, point, restore.name))
		return -1;
	ret = restore_chain(&restore, &chain, options);
	if (ret && restore.made)
		unlink(restore.to);
	else if (ret && restore.fd >= 0)
		say("what is in %s now is not complete", restore.to);
	if (restore.fd >= 0)
		close(restore.fd);
	chain_close(&chain);
	return ret;
}

static int run(const struct options *options)
{
	struct catalogue catalogue;
	int status = catalogue_open(&catalogue, options->target, options->set, CATALOGUE_READ);
	struct point *point = status ? NULL : catalogue_choose(&catalogue, options->point);

	if (!status && !point)
		status = STATUS_FAILED;
	for (size_t i = 0; !status && i < options->word_count; i++)
		if (stop_wanted() ||
		    restore_device(&catalogue, point, options->words[i], options))
			status = STATUS_FAILED;
	catalogue_close(&catalogue);
	return status;
}

const struct command command_restore = {
	.name = "restore",
	.usage = "TARGET[@POINT] DEVICE=TO... [OPTION...]",
	.summary = "Write devices as they were at a point",
	.takes = OPTION_SET | OPTION_DELTA | OPTION_RATE,
	.least = 1,
	.most = 512,
	.run = run,
};
