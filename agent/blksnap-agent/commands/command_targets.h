/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a command line names: DEVICE... or --all. */
#ifndef BLKSNAP_COMMAND_TARGETS_H
#define BLKSNAP_COMMAND_TARGETS_H

#include "cli/arguments.h"
#include "device/target.h"

/* Open these devices. Returns 0, or 1 after a message; targets_free() follows in both cases. */
int command_targets_open(struct targets *targets, const struct arguments *arguments);

/*
 * Open all of these devices, then call @act for each; if it fails for one device, the others are
 * still tried. @act returns 0, or 1 after a message. Returns an exit status.
 */
int command_targets_for_each(const struct arguments *arguments,
			     int (*act)(const struct target *target));

#endif
