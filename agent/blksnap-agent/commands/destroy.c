// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "commands/commands.h"
#include "commands/destroy.h"
#include "lifecycle/teardown.h"
#include "state/image_uses.h"
#include "state/lookup.h"
#include "state/runtime.h"

/* A mounted file system that loses its device gives errors to whoever uses it. */
static int check_not_mounted(const struct record *record, const char *text)
{
	struct strings folders = {};
	int ret = image_uses_mounted(record, &folders);

	if (ret)
		message_errno(ret, "cannot tell whether snapshot %s is mounted", text);
	else if (folders.count)
		message_error("snapshot %s is mounted at %s; run blksnap-agent snapshot umount %s first",
			      text, folders.items[0], text);
	ret = ret || folders.count;
	strings_free(&folders);
	return ret;
}

static int check_not_used(const struct record *record, const char *text)
{
	struct strings uses = {};
	int ret = image_uses_elsewhere(record, &uses);
	char *joined = strings_join(&uses, ", ");

	if (ret)
		message_errno(ret, "cannot tell whether images of snapshot %s are used", text);
	else if (uses.count)
		message_error("cannot destroy snapshot %s: %s; end that first, or give --mounted", text,
			      joined ? joined : uses.items[0]);
	ret = ret || uses.count;
	free(joined);
	strings_free(&uses);
	return ret;
}

static int destroy_unmanaged(int control, const struct blksnap_id *id, const char *text)
{
	int ret = blksnap_snapshot_destroy(control, id);

	if (!ret || ret == -ESRCH)
		return 0;
	message_failed(BLKSNAP_SNAPSHOT_DESTROY, ret, "cannot destroy snapshot %s", text);
	return 1;
}

/* Of one that was left half made the hooks have to be told, unless its monitor has meanwhile. */
static int undo_half_made(const struct record *seen)
{
	struct record record;
	int lock, status = 0;

	if (seen->state == RECORD_TAKEN)
		return 0;
	lock = runtime_lock_orphan(&seen->id, "create", TEARDOWN_HOOK_MS);
	if (lock < 0)
		return 0;
	if (!record_read(&record, &seen->id) && record.state != RECORD_TAKEN)
		status = teardown_undo_creation(&record);
	record_free(&record);
	close(lock);
	return status;
}

int destroy_snapshot(int control, const struct blksnap_id *id, const char *text, bool mounted)
{
	struct record record;
	int ret = record_read(&record, id);
	int status;

	if (ret == -ENOENT) {
		status = destroy_unmanaged(control, id, text);
	} else if (ret) {
		message_errno(ret, "cannot read what is known of snapshot %s", text);
		status = 1;
	} else {
		status = (!mounted &&
			  (check_not_mounted(&record, text) || check_not_used(&record, text))) ||
			 undo_half_made(&record) || teardown_snapshot(control, &record);
	}
	record_free(&record);
	return status;
}

/* What would be destroyed, or why not. */
static int tell(const struct arguments *arguments, const struct blksnap_id *id, const char *text)
{
	char *devices, id_text[BLKSNAP_ID_TEXT];
	struct record record;
	int status = 0;
	int ret = record_read(&record, id);

	if (!ret && !arguments->mounted)
		status = check_not_mounted(&record, text) || check_not_used(&record, text);
	devices = ret ? NULL : members_join(&record.devices);
	if (!status && !arguments->json)
		printf("would destroy %s%s%s\n", blksnap_id_format(id, id_text),
		       devices ? ", of " : "", devices ? devices : "");
	free(devices);
	record_free(&record);
	return status;
}

static int destroy_or_tell(int control, const struct arguments *arguments,
			   const struct blksnap_id *id, const char *text)
{
	if (arguments->dry_run)
		return tell(arguments, id, text);
	return destroy_snapshot(control, id, text, arguments->mounted);
}

/* Those of other programs are not ours to destroy, unless they are named. */
static int destroy_all(int control, const struct arguments *arguments)
{
	struct blksnap_id *ids;
	char text[BLKSNAP_ID_TEXT];
	size_t count;
	int status = 0;
	int ret = record_list(&ids, &count);

	if (ret)
		message_errno(ret, "cannot list the snapshots");
	for (size_t i = 0; !ret && i < count; i++)
		status |= destroy_or_tell(control, arguments, &ids[i],
					  blksnap_id_format(&ids[i], text));
	free(ids);
	return ret ? 1 : status;
}

/* All names are looked up before anything is destroyed. */
static int destroy_named(int control, const struct arguments *arguments)
{
	struct blksnap_id *ids = calloc(arguments->word_count + 1, sizeof(*ids));
	int status = ids ? 0 : 1;

	for (size_t i = 0; !status && i < arguments->word_count; i++)
		status = lookup_snapshot(arguments->words[i], &ids[i]);
	if (!status)
		for (size_t i = 0; i < arguments->word_count; i++)
			status |= destroy_or_tell(control, arguments, &ids[i],
						  arguments->words[i]);
	free(ids);
	return status;
}

static int run(const struct arguments *arguments)
{
	int control = control_open();
	int status;

	if (control < 0)
		return STATUS_FAILED;
	status = arguments->all ? destroy_all(control, arguments) :
				  destroy_named(control, arguments);
	close(control);
	if (!arguments->dry_run)
		status |= teardown_clean_up(true);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_snapshot_destroy = {
	.name = "snapshot destroy",
	.usage = "(ID... | --all) [--mounted] [--dry-run]",
	.summary = "Give snapshots up, and remove their storage",
	.takes = ARGUMENT_ALL | ARGUMENT_MOUNTED | ARGUMENT_DRY_RUN,
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
