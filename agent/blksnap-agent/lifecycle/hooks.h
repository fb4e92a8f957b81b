/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hooks: programs that the administrator wants to run around a snapshot. */
#ifndef BLKSNAP_HOOKS_H
#define BLKSNAP_HOOKS_H

#include "cli/settings.h"
#include "state/record.h"

/*
 * Check the folder with hooks. Only a configured folder must exist. Returns 0, or 1 after a
 * message.
 */
int hooks_check(const struct settings *settings);

/*
 * Run the hooks of a record with the phase as their argument, in the order of their names; in
 * reverse order for "post-thaw". A failing hook ends the phase "pre-freeze", and is only reported
 * in other phases. @problem is passed in the environment, or NULL. Returns 0, or 1 after a message.
 */
int hooks_run(const struct record *record, const char *phase, const char *problem);

#endif
