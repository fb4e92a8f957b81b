/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Things that can be wrong, each looked at by one function. */
#ifndef BLKSNAP_DOCTOR_H
#define BLKSNAP_DOCTOR_H

#include <stdbool.h>

#include "cli/settings.h"

#define FINDING_TEXT	512

/**
 * struct finding - what one look told
 * @bad: something is wrong
 * @text: what is so, or what is wrong and how to mend it; empty if there was nothing to look
 *	at, since something before it is wrong
 */
struct finding {
	bool bad;
	char text[FINDING_TEXT];
};

typedef void doctor_check(const struct settings *settings, struct finding *finding);

doctor_check doctor_module_built;
doctor_check doctor_module_allowed;
doctor_check doctor_hook;
doctor_check doctor_module_loaded;
doctor_check doctor_control;
doctor_check doctor_version;
doctor_check doctor_storage;
doctor_check doctor_leftovers;
doctor_check doctor_lost;
doctor_check doctor_watched;
doctor_check doctor_space;
doctor_check doctor_age;

/* Fills the finding. */
void doctor_good(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_bad(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Without the module the checks of its interface have nothing to look at. */
bool doctor_module_is_loaded(void);

#endif
