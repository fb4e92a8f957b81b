// SPDX-License-Identifier: MIT
//
// watch-events ID: prints what happens to a snapshot until it is gone. Each event is given
// to one program only, so this one must be the only one that asks.
#include <cerrno>
#include <iostream>
#include <memory>
#include <poll.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

namespace {

struct close_events {
	void operator()(blksnap_events *events) const { blksnap_events_close(events); }
};

using events_ptr = std::unique_ptr<blksnap_events, close_events>;

int fail(blksnap_operation operation, int error)
{
	std::cerr << blksnap_strerror(operation, error) << '\n';
	return 1;
}

void print(const blksnap_event &event)
{
	if (event.code == BLKSNAP_EVENT_LOW_SPACE)
		std::cout << "needs " << event.sectors << " sectors more" << std::endl;
	else if (event.code == BLKSNAP_EVENT_CORRUPTED)
		std::cout << "the image of " << event.major << ':' << event.minor << " is lost: "
			  << blksnap_strerror(BLKSNAP_EVENT_WAIT, event.error) << std::endl;
}

int watch(blksnap_events *events)
{
	pollfd descriptor = { blksnap_events_fd(events), POLLIN, 0 };
	blksnap_event event;

	for (;;) {
		int ret = blksnap_events_read(events, &event);

		if (!ret) {
			print(event);
		} else if (ret == -EAGAIN) {
			poll(&descriptor, 1, -1);
		} else if (ret == -ESRCH) {
			std::cout << "it is gone" << std::endl;
			return 0;
		} else {
			return fail(BLKSNAP_EVENT_WAIT, ret);
		}
	}
}

} // namespace

int main(int argc, char **argv)
{
	blksnap_events *events;
	blksnap_id id;

	if (argc != 2 || blksnap_id_parse(argv[1], &id)) {
		std::cerr << "usage: " << argv[0] << " ID\n";
		return 2;
	}
	int control = blksnap_control_open();
	if (control < 0)
		return fail(BLKSNAP_CONTROL_OPEN, control);
	int ret = blksnap_events_open(control, &id, &events);
	close(control);
	if (ret)
		return fail(BLKSNAP_EVENT_WAIT, ret);
	return watch(events_ptr(events).get());
}
