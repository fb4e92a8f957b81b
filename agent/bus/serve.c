// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bus/call.h"
#include "bus/interface.h"
#include "bus/serve.h"
#include "cli/exit_status.h"
#include "cli/message.h"

#define IDLE_USEC	(30 * 1000000ULL)

/* The bus lets through who may call; call_begin() asks once more. */
#define METHOD(member, in, in_names, out, out_names) \
	SD_BUS_METHOD_WITH_NAMES(member, in, in_names, out, out_names, call_begin, \
				 SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	METHOD("ListSnapshots", "s", SD_BUS_PARAM(format), "s", SD_BUS_PARAM(document)),
	METHOD("ShowSnapshot", "ss", SD_BUS_PARAM(snapshot) SD_BUS_PARAM(format),
	       "si", SD_BUS_PARAM(document) SD_BUS_PARAM(status)),
	METHOD("WaitSnapshot", "st", SD_BUS_PARAM(snapshot) SD_BUS_PARAM(timeout),
	       "is", SD_BUS_PARAM(status) SD_BUS_PARAM(message)),
	METHOD("ListDevices", "s", SD_BUS_PARAM(format), "s", SD_BUS_PARAM(document)),
	METHOD("DeviceStatus", "ss", SD_BUS_PARAM(device) SD_BUS_PARAM(format),
	       "s", SD_BUS_PARAM(document)),
	METHOD("Changes", "ssys", SD_BUS_PARAM(device) SD_BUS_PARAM(generation)
	       SD_BUS_PARAM(since) SD_BUS_PARAM(format), "h", SD_BUS_PARAM(document)),
	METHOD("CreateSnapshot", "assss", SD_BUS_PARAM(devices) SD_BUS_PARAM(name)
	       SD_BUS_PARAM(ttl) SD_BUS_PARAM(format), "s", SD_BUS_PARAM(document)),
	METHOD("DestroySnapshot", "s", SD_BUS_PARAM(snapshot), "",),
	SD_BUS_VTABLE_END
};

/* SIGCHLD is blocked for sd_event_add_child(), and SIGTERM for its signal source. */
static int prepare(sd_event *event, sd_bus *bus)
{
	sigset_t signals;
	int ret;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	ret = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (ret >= 0)
		ret = sd_bus_set_exit_on_disconnect(bus, true);
	if (ret >= 0)
		ret = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
	if (ret >= 0)
		ret = sd_bus_add_object_vtable(bus, NULL, BUS_PATH, BUS_INTERFACE, vtable, NULL);
	return ret < 0 ? ret : sd_bus_request_name(bus, BUS_NAME, 0);
}

static int run_until_idle(sd_event *event)
{
	int ret;

	do {
		ret = sd_event_run(event, call_any() ? UINT64_MAX : IDLE_USEC);
	} while (ret > 0 || (!ret && call_any()));
	return ret;
}

/*
 * When the name is released the bus starts the service anew for the next call. Calls that came
 * before are answered first.
 */
static int finish(sd_event *event, sd_bus *bus)
{
	int ret = sd_bus_release_name(bus, BUS_NAME);

	while (ret >= 0) {
		ret = sd_bus_process(bus, NULL);
		if (!ret && !call_any())
			break;
		if (!ret)
			ret = sd_event_run(event, UINT64_MAX);
	}
	return ret;
}

static int serve_on(sd_event *event, sd_bus *bus)
{
	int ret = prepare(event, bus);

	if (ret >= 0)
		ret = run_until_idle(event);
	return ret < 0 ? ret : finish(event, bus);
}

int serve(void)
{
	sd_event *event = NULL;
	sd_bus *bus = NULL;
	int ret = sd_event_default(&event);

	if (ret >= 0)
		ret = sd_bus_open_system(&bus);
	if (ret >= 0)
		ret = serve_on(event, bus);
	/* SIGTERM, or the end of the bus, which exits the loop. */
	if (ret == -ESTALE)
		ret = 0;
	if (ret < 0)
		message_errno(ret, "cannot serve " BUS_NAME);
	sd_bus_flush_close_unref(bus);
	sd_event_unref(event);
	return ret < 0 ? STATUS_FAILED : STATUS_OK;
}
