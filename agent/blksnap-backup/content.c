// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "content.h"
#include "nbd.h"
#include "progress.h"
#include "say.h"
#include "stop.h"

#define PIECE	(1 << 20)

int content_add(struct daemon *daemon, const struct chain *chain)
{
	struct json_object *nodes = chain_nodes(chain);

	json_object_object_add(nodes, "read-only", json_object_new_boolean(true));
	return daemon_add_node(daemon, nodes) || daemon_check_nodes(daemon) ? -1 : 0;
}

static int read_all(struct nbd_handle *nbd, const char *name, uint64_t size,
		    struct digest *digest)
{
	char *piece = malloc(PIECE);
	struct progress progress;
	uint64_t offset;

	progress_begin(&progress, name);
	for (offset = 0; piece && offset < size && !stop_wanted(); offset += PIECE) {
		uint64_t part = size - offset < PIECE ? size - offset : PIECE;

		if (nbd_pread(nbd, piece, part, offset, 0)) {
			say("cannot read %s: %s", name, nbd_get_error());
			break;
		}
		digest_add(digest, piece, part);
		progress_show(&progress, offset, size, false);
	}
	progress_show(&progress, size, size, true);
	free(piece);
	return piece && offset >= size ? 0 : -1;
}

int content_digest(const struct chain *chain, const char *name, char text[DIGEST_TEXT])
{
	struct digest *digest = digest_begin();
	struct daemon daemon = {};
	struct nbd_handle *nbd = NULL;
	int ret = -1;

	chain_pass(chain, &daemon.child);
	if (daemon_start(&daemon))
		return -1;
	if (!content_add(&daemon, chain))
		nbd = nbd_open_node(&daemon, CONTENT_NODE, false);
	if (nbd && digest)
		ret = read_all(nbd, name, manifest_number(chain->links[0].device, "size"), digest);
	if (digest)
		digest_end(digest, text);
	if (nbd)
		nbd_shutdown(nbd, 0);
	nbd_close(nbd);
	daemon_kill(&daemon);
	return ret;
}
