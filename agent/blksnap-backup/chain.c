// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"
#include "qcow2.h"
#include "say.h"

void chain_file_name(const char *device, char text[CHAIN_FILE])
{
	snprintf(text, CHAIN_FILE, "%s.qcow2", device);
}

int chain_open_file(const struct point *point, const char *device, int flags)
{
	char name[CHAIN_FILE];

	chain_file_name(device, name);
	return openat(point->dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

bool chain_file_there(const struct point *point, const char *device)
{
	int fd = chain_open_file(point, device, O_RDONLY);

	if (fd < 0)
		return errno != ENOENT;
	close(fd);
	return true;
}

/*
 * The point that a file is based on. When a merge was ended between the renaming of the merged file
 * and the new manifest (see merge.h), it is the one that the dropped point was based on.
 */
static const char *backing_of(const struct catalogue *catalogue, struct json_object *device)
{
	const char *merging = manifest_text(device, "merging");
	const char *name = manifest_text(device, "name");
	const struct point *dropped = merging ? catalogue_find(catalogue, merging) : NULL;

	if (dropped && dropped->manifest && !chain_file_there(dropped, name))
		device = manifest_device(dropped->manifest, name);
	return manifest_text(device, "backing");
}

/* What its header has to say of that. */
static const char *backing_name(const char *backing, struct json_object *device,
				char text[CHAIN_FILE + 16])
{
	if (!backing)
		return NULL;
	snprintf(text, CHAIN_FILE + 16, "../%s/%s.qcow2", backing, manifest_text(device, "name"));
	return text;
}

/* While a merge is not finished, a file may have another size than the manifests say. */
static int check(const struct link *link, const char *backing)
{
	char name[CHAIN_FILE + 16], text[CHAIN_FILE + 16];
	struct stat st;

	snprintf(name, sizeof(name), "%s/%s.qcow2", link->point->name,
		 manifest_text(link->device, "name"));
	if (fstat(link->fd, &st) || !S_ISREG(st.st_mode)) {
		say("cannot use file %s: it is no file", name);
		return -1;
	}
	if (!manifest_flag(link->point->manifest, "dropped") &&
	    !manifest_text(link->device, "merging") &&
	    (uint64_t)st.st_size != manifest_number(link->device, "file_size")) {
		say("cannot use file %s: it has %lld bytes, and %llu were written", name,
		    (long long)st.st_size,
		    (unsigned long long)manifest_number(link->device, "file_size"));
		return -1;
	}
	return qcow2_check(link->fd, name, backing_name(backing, link->device, text),
			   manifest_number(link->device, "size"));
}

static int add_link(struct chain *chain, const struct point *point, struct json_object *device,
		    const char *backing)
{
	struct link *links = reallocarray(chain->links, chain->count + 1, sizeof(*links));
	struct link *link;

	if (!links) {
		say("there is not enough memory");
		return -1;
	}
	chain->links = links;
	link = &links[chain->count];
	link->point = point;
	link->device = device;
	link->fd = chain_open_file(point, manifest_text(device, "name"), O_RDONLY);
	if (link->fd < 0) {
		say_error(errno, "cannot open file %s/%s.qcow2", point->name,
			  manifest_text(device, "name"));
		return -1;
	}
	chain->count++;
	return check(link, backing);
}

/* Each is based on an earlier point, which manifest_check() has seen to: this ends. */
static int add_links(struct chain *chain, const struct catalogue *catalogue,
		     const struct point *point, const char *name)
{
	while (point) {
		struct json_object *device = point->manifest ?
			manifest_device(point->manifest, name) : NULL;
		const char *backing, *this = point->name;

		if (!device) {
			say("point %s has no device %s, or its manifest is damaged", this, name);
			return -1;
		}
		backing = backing_of(catalogue, device);
		if (add_link(chain, point, device, backing))
			return -1;
		if (!backing)
			return 0;
		point = catalogue_find(catalogue, backing);
		if (!point)
			say("point %s is gone, which point %s is based on", backing, this);
	}
	return -1;
}

int chain_open(struct chain *chain, const struct catalogue *catalogue, const struct point *point,
	       const char *device)
{
	memset(chain, 0, sizeof(*chain));
	if (!add_links(chain, catalogue, point, device))
		return 0;
	chain_close(chain);
	return -1;
}

void chain_close(struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		close(chain->links[i].fd);
	free(chain->links);
	memset(chain, 0, sizeof(*chain));
}

struct json_object *node_for_fd(int fd)
{
	struct json_object *node = json_object_new_object();
	char name[48], path[48];
	struct stat st;

	snprintf(name, sizeof(name), "fd%d", fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	manifest_set_text(node, "driver", !fstat(fd, &st) && S_ISBLK(st.st_mode) ? "host_device" :
			  "file");
	manifest_set_text(node, "node-name", name);
	manifest_set_text(node, "filename", path);
	return node;
}

struct json_object *chain_nodes(const struct chain *chain)
{
	struct json_object *below = NULL;

	for (size_t i = chain->count; i-- > 0;) {
		struct json_object *node = json_object_new_object();
		char name[32];

		snprintf(name, sizeof(name), "link%zu", i);
		manifest_set_text(node, "driver", "qcow2");
		manifest_set_text(node, "node-name", name);
		json_object_object_add(node, "file", node_for_fd(chain->links[i].fd));
		json_object_object_add(node, "backing", below);
		below = node;
	}
	return below;
}

char *chain_argument(const struct chain *chain)
{
	struct json_object *nodes = chain_nodes(chain);
	char *text;

	if (asprintf(&text, "json:%s", json_object_to_json_string_ext(nodes,
		     JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)) < 0)
		text = NULL;
	json_object_put(nodes);
	return text;
}

void chain_pass(const struct chain *chain, struct child *child)
{
	for (size_t i = 0; i < chain->count; i++)
		child_pass(child, chain->links[i].fd);
}
