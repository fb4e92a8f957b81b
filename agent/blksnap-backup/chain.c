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

/* What its header has to say of the file that it is based on. */
static const char *backing_name(struct json_object *device, char text[CHAIN_FILE + 16])
{
	const char *backing = manifest_text(device, "backing");

	if (!backing)
		return NULL;
	snprintf(text, CHAIN_FILE + 16, "../%s/%s.qcow2", backing, manifest_text(device, "name"));
	return text;
}

/* A file that is being merged into is longer than its manifest says, and its own headers hold. */
static int check(const struct link *link)
{
	char name[CHAIN_FILE + 16], backing[CHAIN_FILE + 16];
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
	return qcow2_check(link->fd, name, backing_name(link->device, backing),
			   manifest_number(link->device, "size"));
}

static int add_link(struct chain *chain, const struct point *point, struct json_object *device)
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
	return check(link);
}

/* Each is based on an earlier point, which manifest_check() has seen to: this ends. */
static int add_links(struct chain *chain, const struct catalogue *catalogue,
		     const struct point *point, const char *name)
{
	while (point) {
		struct json_object *device = point->manifest ?
			manifest_device(point->manifest, name) : NULL;
		const char *backing, *size_of = point->name;

		if (!device) {
			say("point %s has no device %s, or its manifest is damaged", size_of, name);
			return -1;
		}
		if (add_link(chain, point, device))
			return -1;
		backing = manifest_text(device, "backing");
		if (!backing)
			return 0;
		point = catalogue_find(catalogue, backing);
		if (!point)
			say("point %s is gone, which point %s is based on", backing, size_of);
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
