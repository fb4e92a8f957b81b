// SPDX-License-Identifier: GPL-2.0-or-later
/* Is there room for storage, and is all well with the snapshots that there are? */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "choose.h"
#include "doctor.h"
#include "grow.h"
#include "leftovers.h"
#include "quantity.h"
#include "runtime.h"
#include "stock.h"
#include "target.h"

static void check_configured(const struct settings *settings, struct finding *finding)
{
	struct storage_places places = {};
	struct targets none = {};

	for (size_t i = 0; i < settings->storage.count && !finding->bad; i++)
		if (choose_given(settings->storage.items[i], &none, &places))
			doctor_bad(finding, "%s, which agent.conf names for storage, cannot be used, as said above; change the setting",
				   settings->storage.items[i]);
	storage_places_free(&places);
	if (!finding->bad)
		doctor_good(finding, "what agent.conf names for storage can be used");
}

void doctor_storage(const struct settings *settings, struct finding *finding)
{
	struct record record = {
		.reserve = settings->reserve,
		.reserve_set = settings->reserve_set,
	};
	uint64_t wanted = settings->initial ? settings->initial : growth_portion();
	struct candidates candidates = {};
	struct targets none = {};
	char text[SIZE_TEXT], *refused;

	if (settings->storage.count) {
		check_configured(settings, finding);
		return;
	}
	candidates_find(&candidates, &none, &record, wanted);
	refused = strings_join(&candidates.refused, "; ");
	if (candidates.places.count)
		doctor_good(finding, "%s has room for old data", candidates.places.items[0].path);
	else
		doctor_bad(finding, "no mounted ext4 or XFS is safe and has %s beside its reserve (%s); make room, or name a place with --storage or in agent.conf",
			   size_format(wanted, text), refused ? refused : "");
	free(refused);
	candidates_free(&candidates);
}

/* How many snapshots nobody looks after. */
static size_t count_lonely(void)
{
	struct blksnap_id *ids;
	size_t count, lonely = 0;

	if (record_list(&ids, &count))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (!runtime_locked(&ids[i], "monitor") && !runtime_locked(&ids[i], "create"))
			lonely++;
	free(ids);
	return lonely;
}

void doctor_snapshots(const struct settings *settings, struct finding *finding)
{
	struct strings left = {};
	size_t lonely = count_lonely();
	int ret = leftovers_list(&left);

	(void)settings;
	if (ret)
		doctor_bad(finding, "it cannot be told whether storage files are left over: %s",
			   strerror(-ret));
	else if (left.count)
		doctor_bad(finding, "%s; run blksnap-agent cleanup when it can be reached",
			   left.items[0]);
	else if (lonely)
		doctor_bad(finding, "nobody looks after %zu snapshots; run blksnap-agent cleanup",
			   lonely);
	else
		doctor_good(finding, "no storage is left over, and all snapshots are looked after");
	strings_free(&left);
}
