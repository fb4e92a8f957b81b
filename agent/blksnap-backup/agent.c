// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "manifest.h"
#include "say.h"

#define AGENT			"blksnap-agent"
#define AGENT_SCHEMA		"blksnap-agent/1"
#define AGENT_STALE		3

/* One object with the schema that we know; NULL after a message. */
static struct json_object *parse(const char *text)
{
	struct json_object *object = json_tokener_parse(text);
	const char *schema = manifest_text(object, "schema");

	if (schema && !strcmp(schema, AGENT_SCHEMA))
		return object;
	say("blksnap-agent answers in a way that is not known here; is it of another version?");
	json_object_put(object);
	return NULL;
}

/* Its messages are on the standard error by now, in the form that ours have. */
static struct json_object *run(struct child *child)
{
	char *text = NULL;
	int status = child_run(child, &text);
	struct json_object *object = status ? NULL : parse(text);

	free(text);
	return object;
}

static int show(struct snapshot *snapshot)
{
	struct child child = {};

	child_add_all(&child, AGENT, "snapshot", "show", snapshot->id, "--json", NULL);
	snapshot->whole = run(&child);
	snapshot->devices = json_object_object_get(snapshot->whole, "devices");
	if (json_object_is_type(snapshot->devices, json_type_array))
		return 0;
	if (snapshot->whole)
		say("blksnap-agent does not tell the devices of snapshot %s", snapshot->id);
	return -1;
}

int agent_take(struct snapshot *snapshot, const char *name, char **words, size_t count)
{
	struct child child = {};
	struct json_object *created;

	memset(snapshot, 0, sizeof(*snapshot));
	child_add_all(&child, AGENT, "snapshot", "create", "--json", "--replace", name, NULL);
	for (size_t i = 0; i < count; i++)
		child_add(&child, words[i]);
	created = run(&child);
	if (manifest_text(created, "id"))
		snapshot->id = strdup(manifest_text(created, "id"));
	json_object_put(created);
	if (!snapshot->id) {
		say("no snapshot was taken, so nothing is backed up");
		return -1;
	}
	if (!show(snapshot))
		return 0;
	agent_destroy(snapshot);
	return -1;
}

int agent_find(struct snapshot *snapshot, const char *id)
{
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->id = strdup(id);
	return snapshot->id ? show(snapshot) : -1;
}

void agent_forget(struct snapshot *snapshot)
{
	free(snapshot->id);
	json_object_put(snapshot->whole);
	memset(snapshot, 0, sizeof(*snapshot));
}

uint32_t agent_block_size(const char *device)
{
	struct child child = {};
	struct json_object *whole;
	uint64_t size;

	child_add_all(&child, AGENT, "device", "status", device, "--json", NULL);
	whole = run(&child);
	size = manifest_number(json_object_object_get(whole, "device"), "block_size");
	json_object_put(whole);
	if (size < 512 || size > INT32_MAX || size & (size - 1)) {
		say("blksnap-agent does not tell how changes of %s are tracked", device);
		return 0;
	}
	return size;
}

int agent_await_end(struct child *child, const struct snapshot *snapshot)
{
	child_add_all(child, AGENT, "snapshot", "wait", snapshot->id, NULL);
	return child_start(child, NULL);
}

void agent_destroy(struct snapshot *snapshot)
{
	struct child child = {};

	if (snapshot->id) {
		child_add_all(&child, AGENT, "snapshot", "destroy", "--quiet", snapshot->id, NULL);
		if (child_run(&child, NULL))
			say_note("snapshot %s could not be destroyed; it ends by itself",
				 snapshot->id);
	}
	agent_forget(snapshot);
}

/* Lines "OFFSET LENGTH", not kept in memory: there may be millions. */
static int read_extents(FILE *in, struct bitmap *bitmap)
{
	uint64_t offset, length;
	int ret = 0, found;

	while (!ret && (found = fscanf(in, "%" SCNu64 " %" SCNu64, &offset, &length)) == 2)
		ret = bitmap_add(bitmap, offset, length);
	if (!ret && found != EOF) {
		say("blksnap-agent changes prints what is not known here");
		ret = -1;
	}
	return ret;
}

enum agent_changes agent_changes_since(const char *device, uint64_t number, const char *generation,
				       struct bitmap *bitmap)
{
	struct child child = {};
	char text[24];
	int ret, status;
	FILE *in;

	snprintf(text, sizeof(text), "%" PRIu64, number);
	child_add_all(&child, AGENT, "changes", device, "--since", text, "--generation", generation,
		      NULL);
	if (child_start(&child, &in))
		return AGENT_CHANGES_FAILED;
	ret = read_extents(in, bitmap);
	fclose(in);
	status = child_wait(&child);
	if (status == AGENT_STALE)
		return AGENT_CHANGES_STALE;
	return ret || status ? AGENT_CHANGES_FAILED : AGENT_CHANGES_OK;
}
