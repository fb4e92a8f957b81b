// SPDX-License-Identifier: GPL-2.0-or-later
/* Are all snapshots healthy? */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands/doctor/doctor.h"
#include "quantity.h"
#include "state/runtime.h"
#include "state/snapshot_status.h"

/* The age at which a snapshot without an expiry time is reported. */
#define OLD_SECONDS	(24 * 3600)

/* Returns whether the snapshot has this trouble, and describes it. */
typedef bool trouble(const struct snapshot_status *snapshot, char *text, size_t size);

static const char *name_of(const struct snapshot_status *snapshot, char id[BLKSNAP_ID_TEXT])
{
	return snapshot->record.name ? snapshot->record.name
				     : blksnap_id_format(&snapshot->record.id, id);
}

/* Report the first snapshot of the agent that has the trouble. */
static void check_snapshots(struct finding *finding, trouble *has, const char *good)
{
	struct blksnap_id *ids;
	size_t count, found = 0;
	int ret = record_list(&ids, &count);

	if (ret) {
		doctor_bad(finding, "the snapshots cannot be listed: %s", strerror(-ret));
		return;
	}
	for (size_t i = 0; i < count; i++) {
		char text[FINDING_TEXT];
		struct snapshot_status snapshot;

		ret = snapshot_status_read(&snapshot, &ids[i]);
		if (!ret && snapshot.managed && has(&snapshot, text, sizeof(text)) && !found++)
			doctor_bad(finding, "%s", text);
		snapshot_status_free(&snapshot);
	}
	if (!found)
		doctor_good(finding, "%s", good);
	free(ids);
}

static bool is_lost(const struct snapshot_status *snapshot, char *text, size_t size)
{
	char id[BLKSNAP_ID_TEXT];

	if (strcmp(snapshot->state, "lost"))
		return false;
	snprintf(text, size, "an image of snapshot %s is lost; run blksnap-agent snapshot destroy %s, and the backup again with more storage",
		 name_of(snapshot, id), name_of(snapshot, id));
	return true;
}

void doctor_lost(const struct settings *settings, struct finding *finding)
{
	(void)settings;
	check_snapshots(finding, is_lost, "no image is lost");
}

static bool is_unwatched(const struct snapshot_status *snapshot, char *text, size_t size)
{
	char id[BLKSNAP_ID_TEXT];

	if (snapshot->monitor || runtime_locked(&snapshot->record.id, "create"))
		return false;
	snprintf(text, size, "snapshot %s has no monitor; run blksnap-agent cleanup",
		 name_of(snapshot, id));
	return true;
}

void doctor_watched(const struct settings *settings, struct finding *finding)
{
	(void)settings;
	check_snapshots(finding, is_unwatched, "all snapshots are monitored");
}

static bool is_low(const struct snapshot_status *snapshot, char *text, size_t size)
{
	char id[BLKSNAP_ID_TEXT], wanted[SIZE_TEXT], has[SIZE_TEXT];

	if (!snapshot->level.wanted)
		return false;
	snprintf(text, size, "snapshot %s asks for %s of storage beside the %s that it has, and is lost when these are used up; make room where its storage is, or destroy it",
		 name_of(snapshot, id), size_format(snapshot->level.wanted, wanted),
		 size_format(snapshot->level.allocated, has));
	return true;
}

void doctor_space(const struct settings *settings, struct finding *finding)
{
	(void)settings;
	check_snapshots(finding, is_low, "no snapshot is short of storage");
}

static bool is_old(const struct snapshot_status *snapshot, char *text, size_t size)
{
	char id[BLKSNAP_ID_TEXT], age[TIME_TEXT];
	int64_t seconds = time(NULL) - snapshot->record.created;

	if (snapshot->record.expires || seconds <= OLD_SECONDS)
		return false;
	snprintf(text, size, "snapshot %s is held for %s and has no expiry time; if no backup needs it, run blksnap-agent snapshot destroy %s",
		 name_of(snapshot, id), time_format(seconds, age), name_of(snapshot, id));
	return true;
}

void doctor_age(const struct settings *settings, struct finding *finding)
{
	(void)settings;
	check_snapshots(finding, is_old, "no snapshot is held for long without an end");
}
