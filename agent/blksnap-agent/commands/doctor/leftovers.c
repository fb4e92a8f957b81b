// SPDX-License-Identifier: GPL-2.0-or-later
/* Is storage left of snapshots that are gone? */
#include <string.h>

#include "commands/doctor/doctor.h"
#include "lifecycle/leftovers.h"

void doctor_leftovers(const struct settings *settings, struct finding *finding)
{
	struct strings left = {};
	int ret = leftovers_list(&left);

	(void)settings;
	if (ret)
		doctor_bad(finding, "it cannot be told whether storage files are left over: %s",
			   strerror(-ret));
	else if (left.count)
		doctor_bad(finding, "%s; run blksnap-agent cleanup when it can be reached",
			   left.items[0]);
	else
		doctor_good(finding, "no storage is left over");
	strings_free(&left);
}
