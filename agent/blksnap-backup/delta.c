// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitmap.h"
#include "content.h"
#include "delta.h"
#include "nbd.h"
#include "progress.h"
#include "say.h"
#include "stop.h"

#define PIECE	(1 << 20)

/**
 * struct delta - two contents that are compared
 * @nbd: the one
 * @fd: the other
 * @bitmap: where they differ
 * @wanted: a piece of the one
 * @there: and of the other
 */
struct delta {
	struct nbd_handle *nbd;
	int fd;
	struct bitmap *bitmap;
	char *wanted;
	char *there;
};

static int compare(const struct delta *delta, uint64_t offset, size_t length)
{
	for (size_t at = 0; at < length; at += BITMAP_GRANULARITY) {
		size_t part = length - at < BITMAP_GRANULARITY ? length - at : BITMAP_GRANULARITY;

		if (memcmp(delta->wanted + at, delta->there + at, part) &&
		    bitmap_add(delta->bitmap, offset + at, part))
			return -1;
	}
	return 0;
}

static int compare_all(const struct delta *delta, uint64_t size, const char *name)
{
	struct progress progress;
	uint64_t offset;

	progress_begin(&progress, name);
	for (offset = 0; offset < size && !stop_wanted(); offset += PIECE) {
		size_t length = size - offset < PIECE ? size - offset : PIECE;

		if (nbd_pread(delta->nbd, delta->wanted, length, offset, 0)) {
			say("cannot read %s: %s", name, nbd_get_error());
			return -1;
		}
		if (pread(delta->fd, delta->there, length, offset) != (ssize_t)length) {
			say_error(errno ? errno : EIO, "cannot read what is to be overwritten");
			return -1;
		}
		if (compare(delta, offset, length))
			return -1;
		progress_show(&progress, offset, size, false);
	}
	progress_show(&progress, size, size, true);
	return offset >= size ? 0 : -1;
}

int delta_mark(struct daemon *daemon, int fd, uint64_t size, const char *name)
{
	struct delta delta = { .fd = fd, .wanted = malloc(PIECE), .there = malloc(PIECE) };
	int ret = -1;

	if (delta.wanted && delta.there)
		delta.nbd = nbd_open_node(daemon, CONTENT_NODE, false);
	if (delta.nbd)
		delta.bitmap = bitmap_begin(daemon, size, BITMAP_GRANULARITY);
	if (delta.bitmap) {
		ret = compare_all(&delta, size, name);
		if (bitmap_end(delta.bitmap, ret ? NULL : CONTENT_NODE, BITMAP_NAME))
			ret = -1;
	}
	if (delta.nbd)
		nbd_shutdown(delta.nbd, 0);
	nbd_close(delta.nbd);
	free(delta.wanted);
	free(delta.there);
	return ret;
}
