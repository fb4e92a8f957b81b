/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device had in it at a point, read through the chain of files. */
#ifndef BLKSNAP_BACKUP_CONTENT_H
#define BLKSNAP_BACKUP_CONTENT_H

#include <libnbd.h>

#include "chain.h"
#include "daemon.h"
#include "digest.h"

/* The name of the node with a chain's content. */
#define CONTENT_NODE	"link0"

/* Adds the nodes of a chain, whose descriptors the daemon has; 0 or -1 after a message. */
int content_add(struct daemon *daemon, const struct chain *chain);

/* Reads all of it; 0 or -1 after a message. */
int content_digest(const struct chain *chain, const char *name, char digest[DIGEST_TEXT]);

#endif
