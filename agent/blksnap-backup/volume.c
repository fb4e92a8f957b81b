// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"
#include "base.h"
#include "chain.h"
#include "content.h"
#include "copy.h"
#include "digest.h"
#include "nbd.h"
#include "quantity.h"
#include "say.h"
#include "volume.h"

#define TARGET_NODE	"target"

/**
 * struct volume - a device and its file
 * @source: its entry in "snapshot show"
 * @path: its device's node
 * @name: in the point
 * @size: in bytes
 * @image: its image, open
 * @file: its file, open
 * @base: what is copied is what changed since then; NULL: everything
 * @copied: bytes
 */
struct volume {
	struct json_object *source;
	const char *path;
	char *name;
	uint64_t size;
	int image;
	int file;
	const struct point *base;
	uint64_t copied;
};

static int open_image(struct volume *volume)
{
	const char *image = manifest_text(volume->source, "image");

	if (!image) {
		say("cannot copy %s: its snapshot has no image", volume->path);
		return -1;
	}
	volume->image = open(image, O_RDONLY | O_CLOEXEC);
	if (volume->image >= 0)
		return 0;
	say_error(errno, "cannot open image %s", image);
	return -1;
}

/* The name in the folder is ours from the beginning: qemu-img gets a file that is there. */
static int create_file(struct volume *volume, struct point *point, const char *compress)
{
	char path[48], size[24], method[48], backing[CHAIN_FILE + 16];
	struct child child = {};

	if (volume->file >= 0)
		close(volume->file);
	volume->file = chain_open_file(point, volume->name, O_RDWR | O_CREAT);
	if (volume->file < 0) {
		say_error(errno, "cannot make file %s.qcow2 of point %s", volume->name, point->name);
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", volume->file);
	snprintf(size, sizeof(size), "%" PRIu64, volume->size);
	snprintf(method, sizeof(method), "compression_type=%s", compress ? compress : "zlib");
	child_add_all(&child, "qemu-img", "create", "-q", "-u", "-f", "qcow2", "-o", method, NULL);
	if (volume->base) {
		snprintf(backing, sizeof(backing), "../%s/%s.qcow2", volume->base->name,
			 volume->name);
		child_add_all(&child, "-b", backing, "-F", "qcow2", NULL);
	}
	child_add_all(&child, path, size, NULL);
	child_pass(&child, volume->file);
	return child_run(&child, NULL) ? -1 : 0;
}

static struct json_object *source_node(const struct volume *volume)
{
	struct json_object *node = node_for_fd(volume->image);

	json_object_object_add(node, "read-only", json_object_new_boolean(true));
	return node;
}

/*
 * Without its backing file: the copy writes whole clusters, so nothing of that is read. Zeroes are
 * kept as such, which is nothing but a mark.
 */
static struct json_object *target_node(const struct volume *volume)
{
	struct json_object *node = json_object_new_object();

	manifest_set_text(node, "driver", "qcow2");
	manifest_set_text(node, "node-name", TARGET_NODE);
	manifest_set_text(node, "detect-zeroes", "on");
	json_object_object_add(node, "file", node_for_fd(volume->file));
	json_object_object_add(node, "backing", NULL);
	return node;
}

static enum agent_changes mark(struct volume *volume, struct daemon *daemon, const char *node)
{
	struct json_object *before = manifest_device(volume->base->manifest, volume->name);
	struct bitmap *bitmap = bitmap_begin(daemon, volume->size,
						BITMAP_GRANULARITY);
	enum agent_changes changes;

	if (!bitmap)
		return AGENT_CHANGES_FAILED;
	changes = agent_changes_since(volume->path, manifest_number(before, "number"),
				      manifest_text(before, "generation"), bitmap);
	if (bitmap_end(bitmap, changes ? NULL : node, BITMAP_NAME) && !changes)
		return AGENT_CHANGES_FAILED;
	return changes;
}

static enum agent_changes copy_with(struct volume *volume, struct daemon *daemon,
				    const struct options *options)
{
	enum agent_changes changes = AGENT_CHANGES_OK;
	struct json_object *source = source_node(volume);
	char *node = strdup(manifest_text(source, "node-name"));
	struct copy copy = {
		.name = volume->path, .source = node, .target = TARGET_NODE,
		.bitmap = volume->base, .compress = options->compress, .rate = options->rate,
	};

	if (daemon_add_node(daemon, source) || daemon_add_node(daemon, target_node(volume)) ||
	    daemon_check_nodes(daemon))
		changes = AGENT_CHANGES_FAILED;
	if (!changes && volume->base)
		changes = mark(volume, daemon, node);
	if (!changes &&
	    (copy_run(&copy, daemon) || nbd_flush_node(daemon, TARGET_NODE, volume->path)))
		changes = AGENT_CHANGES_FAILED;
	volume->copied = copy.bytes;
	free(node);
	return changes;
}

static enum agent_changes copy(struct volume *volume, const struct catalogue *catalogue,
			       const struct options *options)
{
	struct daemon daemon = {};
	enum agent_changes changes;

	child_pass(&daemon.child, volume->image);
	child_pass(&daemon.child, volume->file);
	/* Until it has ended, too, nobody else may begin. */
	child_pass(&daemon.child, catalogue->lock);
	if (daemon_start(&daemon))
		return AGENT_CHANGES_FAILED;
	changes = copy_with(volume, &daemon, options);
	if (changes)
		daemon_kill(&daemon);
	else if (daemon_end(&daemon))
		changes = AGENT_CHANGES_FAILED;
	return changes;
}

/* The map may begin a new generation at any time: then everything is copied after all. */
static int fill_file(struct volume *volume, const struct catalogue *catalogue, struct point *point,
		     const struct options *options)
{
	enum agent_changes changes = AGENT_CHANGES_STALE;

	if (create_file(volume, point, options->compress))
		return -1;
	changes = copy(volume, catalogue, options);
	if (changes == AGENT_CHANGES_STALE) {
		say_note("%s: a full copy: its change map has begun a new generation", volume->path);
		volume->base = NULL;
		if (create_file(volume, point, options->compress))
			return -1;
		changes = copy(volume, catalogue, options);
	}
	return changes ? -1 : 0;
}

static struct json_object *describe(const struct volume *volume)
{
	static const char *const kept[] = {
		"device", "stable_name", "mount_point", "uuid", "label", "role", "generation",
	};
	struct json_object *device = json_object_new_object();

	manifest_set_text(device, "name", volume->name);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		manifest_set_text(device, kept[i], manifest_text(volume->source, kept[i]));
	manifest_set_number(device, "number", manifest_number(volume->source, "number"));
	manifest_set_number(device, "size", volume->size);
	manifest_set_text(device, "backing", volume->base ? volume->base->name : NULL);
	manifest_set_number(device, "copied", volume->copied);
	return device;
}

/* What is on the disk, and its entry in the manifest. */
static int finish_file(const struct volume *volume, struct point *point)
{
	struct json_object *device = describe(volume);
	char digest[DIGEST_TEXT];
	struct stat st;
	int ret = 0;

	if (fsync(volume->file) || fstat(volume->file, &st))
		ret = -errno;
	if (!ret)
		ret = digest_file(volume->file, digest);
	if (ret) {
		say_error(-ret, "cannot write file %s.qcow2 of point %s", volume->name, point->name);
		json_object_put(device);
		return -1;
	}
	manifest_set_number(device, "file_size", st.st_size);
	manifest_set_text(device, "sha256", digest);
	json_object_array_add(manifest_devices(point->manifest), device);
	return 0;
}

/* Both are read whole: what the image has, and what comes back from the files. */
static int compare(const struct volume *volume, const struct catalogue *catalogue,
		   const struct point *point)
{
	char image[DIGEST_TEXT], copied[DIGEST_TEXT];
	struct chain chain;
	int ret = digest_file(volume->image, image);

	if (ret) {
		say_error(-ret, "cannot read the image of %s", volume->path);
		return -1;
	}
	if (chain_open(&chain, catalogue, point, volume->name))
		return -1;
	ret = content_digest(&chain, volume->path, copied);
	if (!ret && strcmp(image, copied)) {
		say("the copy of %s is not equal to its image", volume->path);
		ret = -1;
	}
	if (!ret)
		manifest_set_text(chain.links[0].device, "content_sha256", image);
	chain_close(&chain);
	return ret;
}

static void tell(const struct volume *volume, struct point *point)
{
	struct json_object *device = manifest_device(point->manifest, volume->name);
	struct json_object *event = json_object_new_object();
	char copied[SIZE_TEXT], written[SIZE_TEXT];

	manifest_set_text(event, "device", volume->path);
	manifest_set_text(event, "backing", manifest_text(device, "backing"));
	manifest_set_number(event, "copied", volume->copied);
	manifest_set_number(event, "file_size", manifest_number(device, "file_size"));
	say_event("device", event);
	if (!say_is_json() && !say_is_quiet())
		printf("%s: %s, %s copied, a file of %s\n", volume->path,
		       volume->base ? "what changed" : "full", size_format(volume->copied, copied),
		       size_format(manifest_number(device, "file_size"), written));
}

static int make(struct volume *volume, const struct catalogue *catalogue, struct point *point,
		const struct options *options)
{
	const char *reason = "it was asked for";

	volume->path = manifest_text(volume->source, "device");
	volume->size = manifest_number(volume->source, "size");
	volume->name = base_device_name(point->manifest, volume->source);
	if (!volume->path || !volume->name || open_image(volume))
		return -1;
	if (!(options->given & OPTION_FULL))
		volume->base = base_find(catalogue, volume->name, volume->source, &reason);
	if (!volume->base)
		say_note("%s: a full copy: %s", volume->path, reason);
	if (fill_file(volume, catalogue, point, options) || finish_file(volume, point))
		return -1;
	if (options->given & OPTION_CHECK && compare(volume, catalogue, point))
		return -1;
	tell(volume, point);
	return 0;
}

int volume_make(const struct catalogue *catalogue, struct point *point, struct json_object *source,
		const struct options *options)
{
	struct volume volume = { .source = source, .image = -1, .file = -1 };
	int ret = make(&volume, catalogue, point, options);

	free(volume.name);
	if (volume.image >= 0)
		close(volume.image);
	if (volume.file >= 0)
		close(volume.file);
	return ret;
}
