// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "call.h"
#include "event.h"

/* The data of an event is not aligned, hence the copies. */
static void decode_low_space(const uint8_t *data, struct blksnap_event *event)
{
	struct blksnap_event_low_free_space low;

	memcpy(&low, data, sizeof(low));
	event->sectors = low.requested_nr_sect;
}

static void decode_corrupted(const uint8_t *data, struct blksnap_event *event)
{
	struct blksnap_event_corrupted corrupted;

	memcpy(&corrupted, data, sizeof(corrupted));
	event->major = corrupted.dev_id_mj;
	event->minor = corrupted.dev_id_mn;
	event->error = corrupted.err_code > 0 ? -corrupted.err_code : corrupted.err_code;
}

void event_decode(const struct blksnap_snapshot_event *answer, struct blksnap_event *event)
{
	memset(event, 0, sizeof(*event));
	event->code = answer->code;
	event->time_ns = answer->time_label;
	if (answer->code == blksnap_event_code_low_free_space)
		decode_low_space(answer->data, event);
	else if (answer->code == blksnap_event_code_corrupted)
		decode_corrupted(answer->data, event);
}

int blksnap_event_wait(int control, const struct blksnap_id *id, uint32_t timeout_ms,
		       struct blksnap_event *event)
{
	struct blksnap_snapshot_event answer = { .timeout_ms = timeout_ms };
	int ret;

	memcpy(&answer.id, id, sizeof(answer.id));
	ret = call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, &answer);
	if (!ret)
		event_decode(&answer, event);
	return ret;
}
