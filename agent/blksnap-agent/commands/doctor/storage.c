// SPDX-License-Identifier: GPL-2.0-or-later
/* Is there room for storage? */
#include <stdlib.h>

#include "commands/doctor/doctor.h"
#include "device/target.h"
#include "quantity.h"
#include "state/held_devices.h"
#include "storage/growth.h"
#include "storage/storage_candidates.h"
#include "storage/storage_select.h"

static void check_configured(const struct settings *settings, struct finding *finding)
{
	struct storage_places places = {};
	struct targets none = {};

	for (size_t i = 0; i < settings->storage.count && !finding->bad; i++)
		if (storage_select_given(settings->storage.items[i], &none, &places))
			doctor_bad(finding, "%s, which agent.conf names for storage, cannot be used, as said above; change the setting",
				   settings->storage.items[i]);
	storage_places_free(&places);
	if (!finding->bad)
		doctor_good(finding, "what agent.conf names for storage can be used");
}

void doctor_storage(const struct settings *settings, struct finding *finding)
{
	struct storage_plan plan = {
		.reserve = settings->reserve,
		.reserve_set = settings->reserve_set,
	};
	uint64_t wanted = settings->initial ? settings->initial : growth_portion();
	static const struct blksnap_id none_own;
	struct candidates candidates = {};
	struct device_numbers held = {};
	struct targets none = {};
	char text[SIZE_TEXT], *refused;

	if (settings->storage.count) {
		check_configured(settings, finding);
		return;
	}
	held_devices_list(&none_own, &held);
	candidates_find(&candidates, &none, &plan, &held, wanted,
			!settings->initial);
	device_numbers_free(&held);
	refused = strings_join(&candidates.refused, "; ");
	if (candidates.places.count)
		doctor_good(finding, "%s has room for old data", candidates.places.items[0].path);
	else
		doctor_bad(finding, "no mounted ext4 or XFS is safe and has %s beside its reserve (%s); make room, or name a place with --storage or in agent.conf",
			   size_format(wanted, text), refused ? refused : "");
	free(refused);
	candidates_free(&candidates);
}
