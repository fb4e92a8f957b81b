// SPDX-License-Identifier: GPL-2.0-or-later
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "cli/message.h"
#include "quantity.h"
#include "state/creator.h"
#include "text_file.h"

/* The first line of a file. The caller frees it; NULL on failure. */
static char *line_of(const char *path)
{
	char *text = text_file_read(path);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

/* The login uid survives su and sudo. A process without a login has none. */
static uid_t user(void)
{
	char *text = line_of("/proc/self/loginuid");
	uid_t id = text && *text ? strtoul(text, NULL, 10) : (uid_t)-1;

	free(text);
	return id == (uid_t)-1 ? getuid() : id;
}

/* Only /etc/passwd is read: getpwuid() may wait for a directory server. */
static char *name_of_user(uid_t id)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *entry = NULL;
	char *name;

	while (file && (entry = fgetpwent(file)) && entry->pw_uid != id)
		;
	if (entry)
		name = strdup(entry->pw_name);
	else if (asprintf(&name, "user %u", id) < 0)
		name = NULL;
	if (file)
		fclose(file);
	return name;
}

char *creator_describe(void)
{
	char *name = name_of_user(user());
	char path[64], *program, *text;

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)getppid());
	program = line_of(path);
	if (asprintf(&text, "%s (%s)", name ? name : "an unknown user",
		     program && *program ? program : "unknown program") < 0)
		text = NULL;
	free(program);
	free(name);
	return text ? message_printable(text) : NULL;
}

static bool has_device(const struct record *record, dev_t number)
{
	for (size_t i = 0; i < record->devices.count; i++)
		if (record->devices.items[i].number == number)
			return true;
	return false;
}

/* Find the record of the snapshot that has the device. record_free() follows in both cases. */
static bool find_holder(dev_t number, const struct blksnap_id *own, struct record *record)
{
	struct blksnap_id *ids;
	size_t count;
	bool found = false;

	memset(record, 0, sizeof(*record));
	if (record_list(&ids, &count))
		return false;
	for (size_t i = 0; !found && i < count; i++) {
		if (!memcmp(&ids[i], own, sizeof(*own)))
			continue;
		record_free(record);
		found = !record_read(record, &ids[i]) && has_device(record, number);
	}
	free(ids);
	return found;
}

static void report_held_by_record(const char *label, const struct record *record)
{
	time_t age = time(NULL) - record->created;
	char id[BLKSNAP_ID_TEXT], text[TIME_TEXT];
	const char *name;

	blksnap_id_format(&record->id, id);
	name = record->name ? record->name : id;
	message_error("cannot add device %s: it is in another snapshot, %s%s%s%s, made %s ago by %s; blksnap-agent snapshot destroy %s ends that",
		      label, name, record->name ? " (" : "", record->name ? id : "",
		      record->name ? ")" : "", time_format(age > 0 ? age : 0, text),
		      record->creator ? record->creator : "an earlier version", name);
}

/* The snapshot of another program has no record; its image tells the id. */
static void report_held_by_other(const char *label, dev_t number)
{
	char path[128], *id;

	snprintf(path, sizeof(path), "/sys/block/" "blksnap-image_%u:%u/blksnap/snapshot",
		 major(number), minor(number));
	id = line_of(path);
	if (id)
		message_error("cannot add device %s: it is in another snapshot, %s, which another program made; blksnap-agent snapshot destroy %s ends that",
			      label, id, id);
	else
		message_error("cannot add device %s: it is in another snapshot, which another program is about to make; see blksnap-agent snapshot list",
			      label);
	free(id);
}

void creator_report_holder(const struct member *member, const struct blksnap_id *own)
{
	char label[MEMBER_LABEL];
	struct record record;

	member_label(member, label);
	if (find_holder(member->number, own, &record))
		report_held_by_record(label, &record);
	else
		report_held_by_other(label, member->number);
	record_free(&record);
}
