/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the administrator's that run before and after the take. */
#ifndef BLKSNAP_HOOKS_H
#define BLKSNAP_HOOKS_H

#include "cli/settings.h"
#include "state/record.h"

/* Whether the folder is fit, which it has to be only if it was asked for. 0, or 1 and a message. */
int hooks_check(const struct settings *settings);

/*
 * Runs the record's hooks with the phase as their argument: in the order of their names, or the
 * other way round for "post-thaw". A failure ends "pre-freeze" and is only told of
 * otherwise. @problem is for the environment, or NULL. 0, or 1 after a message.
 */
int hooks_run(const struct record *record, const char *phase, const char *problem);

#endif
