// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "manifest.h"
#include "system.h"
#include "utf8.h"

#define LONGEST_TEXT	(1 << 20)

static void set_escaped(struct json_object *object, const char *name, const char *text)
{
	char *escaped = text ? utf8_escape(text) : NULL;

	manifest_set_text(object, name, escaped);
	free(escaped);
}

static char *read_text(const char *path)
{
	char *text = calloc(1, LONGEST_TEXT + 1);
	FILE *file = fopen(path, "re");

	if (text && file) {
		text[fread(text, 1, LONGEST_TEXT, file)] = '\0';
	} else {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* What lsblk prints: the disks that the devices lie on, each once. */
static char *disks_below(struct json_object *devices)
{
	struct child child = { .silent = true };
	char *text = NULL;
	size_t options;

	child_add_all(&child, "lsblk", "--inverse", "--noheadings", "--raw", "--paths", "--output",
		      "NAME,TYPE", NULL);
	options = child.argc;
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		const char *path = manifest_text(json_object_array_get_idx(devices, i), "device");

		if (path && !strncmp(path, "/dev/", 5))
			child_add(&child, path);
	}
	if (child.argc > options && child_run(&child, &text) >= 0)
		return text;
	free(text);
	return NULL;
}

static struct json_object *partition_tables(struct json_object *devices)
{
	struct json_object *tables = json_object_new_object();
	char *text = disks_below(devices), *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		char *disk = strsep(&line, " ");
		struct child child = { .silent = true };
		char *table = NULL;

		if (!line || strcmp(line, "disk") || json_object_object_get(tables, disk))
			continue;
		child_add_all(&child, "sfdisk", "--quiet", "--dump", disk, NULL);
		if (!child_run(&child, &table) && *table)
			set_escaped(tables, disk, table);
		free(table);
	}
	free(text);
	return tables;
}

/* LVM keeps a copy of the metadata of each group there. */
static struct json_object *volume_groups(void)
{
	static const char dir[] = "/etc/lvm/backup";
	struct json_object *groups = json_object_new_object();
	DIR *stream = opendir(dir);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		char path[512], *text;

		if (!manifest_name_valid(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		text = read_text(path);
		set_escaped(groups, entry->d_name, text);
		free(text);
	}
	if (stream)
		closedir(stream);
	return groups;
}

struct json_object *system_describe(struct json_object *devices)
{
	struct json_object *system = json_object_new_object();
	char *fstab = read_text("/etc/fstab"), host[256] = "";

	gethostname(host, sizeof(host) - 1);
	set_escaped(system, "host", host);
	manifest_set_text(system, "boot", access("/sys/firmware/efi", F_OK) ? "bios" : "uefi");
	set_escaped(system, "fstab", fstab);
	json_object_object_add(system, "partition_tables", partition_tables(devices));
	json_object_object_add(system, "volume_groups", volume_groups());
	free(fstab);
	return system;
}
