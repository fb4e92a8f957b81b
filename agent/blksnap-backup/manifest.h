/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A point's manifest: one JSON object, see docs/backup-format.md. It comes from a folder that
 * others may write to; what manifest_read() returns has been checked, so that its names can be
 * used as names of files and its numbers as numbers.
 */
#ifndef BLKSNAP_BACKUP_MANIFEST_H
#define BLKSNAP_BACKUP_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#define MANIFEST_FILE	"manifest.json"

/* "000001": the name of a point's folder. */
#define POINT_NAME	8
#define POINT_LAST	999999

/* The manifest if it is a valid one of this point; else it is released. */
struct json_object *manifest_check(struct json_object *manifest, const char *point);

/* Reads and checks that of the folder; NULL after a message, or without one if there is none. */
struct json_object *manifest_read(int dir, const char *point, bool *missing);

/* Writes it, on disk when this returns; 0, or -1 after a message. */
int manifest_write(int dir, const char *point, struct json_object *manifest);

/* Members of a manifest or of one of its devices; NULL or 0 where there is none. */
const char *manifest_text(struct json_object *object, const char *name);
uint64_t manifest_number(struct json_object *object, const char *name);
bool manifest_flag(struct json_object *object, const char *name);

/* Sets one; NULL for JSON's null. */
void manifest_set_text(struct json_object *object, const char *name, const char *text);
void manifest_set_number(struct json_object *object, const char *name, uint64_t number);

/* The devices of a point, and one of them by its name or NULL. */
struct json_object *manifest_devices(struct json_object *manifest);
struct json_object *manifest_device(struct json_object *manifest, const char *name);
size_t manifest_device_count(struct json_object *manifest);
struct json_object *manifest_device_at(struct json_object *manifest, size_t index);

/* Whether it can be the name of a device's file, without the ending. */
bool manifest_name_valid(const char *name);

/* The number of a point by the name of its folder, or 0 if this is no such name. */
unsigned int manifest_point_number(const char *name);

/* A time as RFC 3339 in UTC, and back; -1 for what is none. */
#define TIME_SIZE	32
void time_text(int64_t seconds, char text[TIME_SIZE]);
int64_t time_seconds(const char *text);

#endif
