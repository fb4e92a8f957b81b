/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that the content of a device at a point is in: its own, and those it is based on. */
#ifndef BLKSNAP_BACKUP_CHAIN_H
#define BLKSNAP_BACKUP_CHAIN_H

#include <stddef.h>

#include "catalogue.h"
#include "child.h"

/**
 * struct link - one file
 * @point: whose it is
 * @device: its entry in the manifest
 * @fd: the file, open for reading
 */
struct link {
	const struct point *point;
	struct json_object *device;
	int fd;
};

/**
 * struct chain - the file of a point first, the full one last
 */
struct chain {
	struct link *links;
	size_t count;
};

/*
 * Opens the files, and checks that each is what the manifests say, but for its checksum. 0, or -1
 * after a message: a point or a file of the chain is missing, or another one.
 */
int chain_open(struct chain *chain, const struct catalogue *catalogue, const struct point *point,
	       const char *device);
void chain_close(struct chain *chain);

/* The file of a device in a point's folder: its descriptor, or -1 with errno. */
int chain_open_file(const struct point *point, const char *device, int flags);

/* If that cannot be told, it is. */
bool chain_file_there(const struct point *point, const char *device);

/* The name of that file. */
#define CHAIN_FILE	160
void chain_file_name(const char *device, char text[CHAIN_FILE]);

/* What QEMU is to open: everything by descriptor and with its format, no name from a file. */
struct json_object *chain_nodes(const struct chain *chain);

/* The same as one argument of qemu-img or qemu-nbd, to be freed. */
char *chain_argument(const struct chain *chain);

void chain_pass(const struct chain *chain, struct child *child);

/* A node for a file or device that is open. */
struct json_object *node_for_fd(int fd);

#endif
