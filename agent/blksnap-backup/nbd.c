// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest.h"
#include "nbd.h"
#include "say.h"

static int add_export(struct daemon *daemon, const char *node, bool writable)
{
	struct json_object *arguments = json_object_new_object();

	manifest_set_text(arguments, "type", "nbd");
	manifest_set_text(arguments, "id", node);
	manifest_set_text(arguments, "node-name", node);
	manifest_set_text(arguments, "name", node);
	json_object_object_add(arguments, "writable", json_object_new_boolean(writable));
	return daemon_command(daemon, "block-export-add", arguments, NULL);
}

struct nbd_handle *nbd_open_node(struct daemon *daemon, const char *node, bool writable)
{
	struct nbd_handle *nbd;

	if (add_export(daemon, node, writable))
		return NULL;
	nbd = nbd_create();
	if (nbd && !nbd_set_export_name(nbd, node) &&
	    !nbd_connect_socket(nbd, daemon_connect(daemon)))
		return nbd;
	say("cannot connect to qemu-storage-daemon: %s", nbd_get_error());
	if (nbd)
		nbd_close(nbd);
	return NULL;
}

int nbd_flush_node(struct daemon *daemon, const char *node, const char *name)
{
	struct nbd_handle *nbd = nbd_open_node(daemon, node, true);
	int ret;

	if (!nbd)
		return -1;
	ret = nbd_flush(nbd, 0);
	if (ret)
		say("cannot write the copy of %s: %s", name, nbd_get_error());
	nbd_shutdown(nbd, 0);
	nbd_close(nbd);
	return ret;
}
