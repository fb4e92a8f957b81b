/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told: messages on the standard error, events and results on the standard output. */
#ifndef BLKSNAP_BACKUP_SAY_H
#define BLKSNAP_BACKUP_SAY_H

#include <stdbool.h>

#include <json-c/json.h>

/* Changes when what is there changes its meaning; not when something is added. */
#define SCHEMA	"blksnap-backup/1"

enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_DAMAGED = 3,	/* a point is not what was written */
	STATUS_BUSY = 4,	/* another run uses the target */
};

/* Messages are objects with the field "error" or "note", and events are printed. */
void say_in_json(void);
bool say_is_json(void);
void say_quietly(void);
bool say_is_quiet(void);

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The message, a colon and the text of the errno. */
void say_error(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What is no error. */
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the object as one line of the standard output, and releases it. */
void say_object(struct json_object *object);

/* With --json, {"schema": ..., "event": NAME, ...}; the rest is released in any case. */
void say_event(const char *name, struct json_object *rest);

/* Whether all results could be written; a status. */
int say_end(void);

#endif
