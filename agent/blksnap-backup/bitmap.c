// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include <libnbd.h>

#include "bitmap.h"
#include "manifest.h"
#include "nbd.h"
#include "say.h"

#define SCRATCH		"scratch"
#define LONGEST		(1 << 30)

struct bitmap {
	struct daemon *daemon;
	struct nbd_handle *nbd;
	uint64_t size;
	uint32_t granularity;
};

static int add_scratch(struct daemon *daemon, uint64_t size)
{
	struct json_object *node = json_object_new_object();

	manifest_set_text(node, "driver", "null-co");
	manifest_set_text(node, "node-name", SCRATCH);
	manifest_set_number(node, "size", size);
	return daemon_add_node(daemon, node);
}

static int add_bitmap(const struct bitmap *bitmap, const char *node, const char *name,
		      bool disabled)
{
	struct json_object *arguments = json_object_new_object();

	manifest_set_text(arguments, "node", node);
	manifest_set_text(arguments, "name", name);
	manifest_set_number(arguments, "granularity", bitmap->granularity);
	json_object_object_add(arguments, "disabled", json_object_new_boolean(disabled));
	return daemon_command(bitmap->daemon, "block-dirty-bitmap-add", arguments, NULL);
}

struct bitmap *bitmap_begin(struct daemon *daemon, uint64_t size, uint32_t granularity)
{
	struct bitmap *bitmap = calloc(1, sizeof(*bitmap));

	if (!bitmap)
		return NULL;
	bitmap->daemon = daemon;
	bitmap->size = size;
	bitmap->granularity = granularity;
	if (!add_scratch(daemon, size) && !add_bitmap(bitmap, SCRATCH, BITMAP_NAME, false))
		bitmap->nbd = nbd_open_node(daemon, SCRATCH, true);
	if (bitmap->nbd)
		return bitmap;
	free(bitmap);
	return NULL;
}

int bitmap_add(struct bitmap *bitmap, uint64_t offset, uint64_t length)
{
	if (offset > bitmap->size || length > bitmap->size - offset) {
		say("an extent lies behind the end of the device: %llu bytes at %llu",
		    (unsigned long long)length, (unsigned long long)offset);
		return -1;
	}
	while (length) {
		uint64_t part = length < LONGEST ? length : LONGEST;

		if (nbd_zero(bitmap->nbd, part, offset, 0)) {
			say("cannot mark what is to be copied: %s", nbd_get_error());
			return -1;
		}
		offset += part;
		length -= part;
	}
	return 0;
}

static int merge(struct daemon *daemon, const char *node, const char *name)
{
	struct json_object *arguments = json_object_new_object(), *source = json_object_new_object();
	struct json_object *sources = json_object_new_array();

	manifest_set_text(source, "node", SCRATCH);
	manifest_set_text(source, "name", BITMAP_NAME);
	json_object_array_add(sources, source);
	manifest_set_text(arguments, "node", node);
	manifest_set_text(arguments, "target", name);
	json_object_object_add(arguments, "bitmaps", sources);
	return daemon_command(daemon, "block-dirty-bitmap-merge", arguments, NULL);
}

int bitmap_end(struct bitmap *bitmap, const char *node, const char *name)
{
	int ret = 0;

	nbd_shutdown(bitmap->nbd, 0);
	nbd_close(bitmap->nbd);
	if (node)
		ret = add_bitmap(bitmap, node, name, true) ||
			merge(bitmap->daemon, node, name) ? -1 : 0;
	free(bitmap);
	return ret;
}
