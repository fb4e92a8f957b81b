// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether what is on the target is what was written there. */
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "chain.h"
#include "content.h"
#include "digest.h"
#include "options.h"
#include "say.h"
#include "stop.h"

/*
 * While a merge is not finished, the file of the dropped point is neither one nor the other, and
 * that of the next one may have been replaced already.
 */
static bool in_merge(const struct link *link)
{
	return manifest_flag(link->point->manifest, "dropped") ||
	       manifest_text(link->device, "merging");
}

static int verify_file(const struct link *link)
{
	const char *name = manifest_text(link->device, "name");
	char digest[DIGEST_TEXT];
	int ret = digest_file(link->fd, digest);

	if (ret) {
		say_error(-ret, "cannot read file %s/%s.qcow2", link->point->name, name);
		return STATUS_DAMAGED;
	}
	if (!strcmp(digest, manifest_text(link->device, "sha256")))
		return STATUS_OK;
	say("file %s/%s.qcow2 is damaged: its checksum is not that of what was written",
	    link->point->name, name);
	return STATUS_DAMAGED;
}

static int verify_content(const struct chain *chain)
{
	struct json_object *device = chain->links[0].device;
	const char *expected = manifest_text(device, "content_sha256");
	char digest[DIGEST_TEXT];

	if (!expected) {
		say_note("the content of %s at point %s has no checksum: it was made without --check",
			 manifest_text(device, "name"), chain->links[0].point->name);
		return STATUS_OK;
	}
	if (content_digest(chain, manifest_text(device, "name"), digest))
		return STATUS_DAMAGED;
	if (!strcmp(digest, expected))
		return STATUS_OK;
	say("the content of %s at point %s is not what the image had",
	    manifest_text(device, "name"), chain->links[0].point->name);
	return STATUS_DAMAGED;
}

/* Its own file only, if the whole set is walked: the others are those of earlier points. */
static int verify_device(const struct catalogue *catalogue, const struct point *point,
			 const char *name, bool whole_chain, bool content)
{
	struct chain chain;
	int status = STATUS_OK;

	if (chain_open(&chain, catalogue, point, name))
		return STATUS_DAMAGED;
	for (size_t i = 0; i < chain.count && (whole_chain || !i) && !stop_wanted(); i++) {
		if (in_merge(&chain.links[i]))
			say_note("point %s is being merged, and is not verified; run prune again",
				 chain.links[i].point->name);
		else if (verify_file(&chain.links[i]))
			status = STATUS_DAMAGED;
	}
	if (!status && content)
		status = verify_content(&chain);
	chain_close(&chain);
	return status;
}

static void tell(const struct point *point, const char *state)
{
	struct json_object *event = json_object_new_object();

	manifest_set_number(event, "point", manifest_point_number(point->name));
	manifest_set_text(event, "state", state);
	say_event("verified", event);
	if (!say_is_json() && !say_is_quiet())
		printf("point %s: %s\n", point->name, state);
}

static int verify_point(const struct catalogue *catalogue, const struct point *point,
			bool whole_chain, const struct options *options)
{
	int status = point->manifest ? STATUS_OK : STATUS_DAMAGED;

	if (point->manifest && !point_usable(point)) {
		tell(point, "merging");
		return STATUS_OK;
	}

	for (size_t i = 0; point->manifest && i < manifest_device_count(point->manifest); i++) {
		struct json_object *device = manifest_device_at(point->manifest, i);

		if (verify_device(catalogue, point, manifest_text(device, "name"), whole_chain,
				  options->given & OPTION_CONTENT))
			status = STATUS_DAMAGED;
	}
	tell(point, status ? "damaged" : "good");
	return status;
}

static int run(const struct options *options)
{
	struct catalogue catalogue;
	int status = catalogue_open(&catalogue, options->target, options->set, CATALOGUE_READ);
	struct point *point;

	if (!status && options->point) {
		point = catalogue_choose(&catalogue, options->point);
		status = point ? verify_point(&catalogue, point, true, options) : STATUS_FAILED;
	} else if (!status) {
		for (size_t i = 0; i < catalogue.point_count && !stop_wanted(); i++)
			if (verify_point(&catalogue, &catalogue.points[i], false, options))
				status = STATUS_DAMAGED;
		if (!catalogue.point_count) {
			say("there is no point in set %s", catalogue.set);
			status = STATUS_FAILED;
		}
	}
	if (!status && stop_wanted())
		status = STATUS_FAILED;
	catalogue_close(&catalogue);
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.usage = "TARGET[@POINT] [--set NAME] [--content]",
	.summary = "Look whether points are what was written",
	.takes = OPTION_SET | OPTION_CONTENT,
	.run = run,
};
