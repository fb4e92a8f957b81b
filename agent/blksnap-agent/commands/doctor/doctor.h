/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of "doctor", each in a function of its own. */
#ifndef BLKSNAP_DOCTOR_H
#define BLKSNAP_DOCTOR_H

#include <stdbool.h>

#include "cli/settings.h"

#define FINDING_TEXT	512

/**
 * struct finding - the result of a check
 * @bad: something is wrong
 * @text: the result, or the problem and its remedy; empty if an earlier problem prevents the check
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

/* Set the finding. */
void doctor_good(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_bad(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether the module is loaded; otherwise its interface is not checked. */
bool doctor_module_is_loaded(void);

#endif
