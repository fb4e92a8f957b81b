// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/settings.h"
#include "quantity.h"

#define MIB		(UINT64_C(1) << 20)
#define HOOK_TIMEOUT	30

/* A snapshot that a backup program forgot is destroyed after a day. */
#define DEFAULT_TTL	(24 * 3600)

struct reading {
	struct settings *settings;
	int first_line;
	const char *problem;
};

int settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->hook_timeout = HOOK_TIMEOUT;
	settings->ttl = DEFAULT_TTL;
	settings->hooks = strdup(SETTINGS_HOOKS);
	return settings->hooks ? 0 : -ENOMEM;
}

static int set_hooks(struct settings *settings, const char *value)
{
	char *copy;

	if (*value != '/')
		return -EINVAL;
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(settings->hooks);
	settings->hooks = copy;
	settings->hooks_set = true;
	return 0;
}

static int set_timeout(struct settings *settings, const char *value)
{
	int ret = time_parse(value, &settings->hook_timeout);

	return ret || settings->hook_timeout ? ret : -EINVAL;
}

static int set_ttl(struct settings *settings, const char *value)
{
	if (strcmp(value, "never"))
		return time_parse(value, &settings->ttl);
	settings->ttl = 0;
	return 0;
}

int settings_memory(const char *place, uint64_t *bytes)
{
	int ret;

	if (strncmp(place, SETTINGS_MEMORY, strlen(SETTINGS_MEMORY)))
		return -ENOENT;
	ret = size_parse(place + strlen(SETTINGS_MEMORY), bytes);
	if (ret)
		return ret;
	if (!*bytes || *bytes > INT64_MAX / 2)
		return *bytes ? -ERANGE : -EINVAL;
	*bytes = (*bytes + MIB - 1) / MIB * MIB;
	return 0;
}

static int add_storage(struct settings *settings, const char *value)
{
	uint64_t bytes;
	int ret = settings_memory(value, &bytes);

	if (ret == -ENOENT && *value != '/')
		return -EINVAL;
	if (ret && ret != -ENOENT)
		return ret;
	return strings_add(&settings->storage, value);
}

int settings_set(struct settings *settings, const char *name, const char *value)
{
	if (!strcmp(name, "storage"))
		return add_storage(settings, value);
	if (!strcmp(name, "initial"))
		return size_parse(value, &settings->initial);
	if (!strcmp(name, "limit"))
		return size_parse(value, &settings->limit);
	if (!strcmp(name, "hooks"))
		return set_hooks(settings, value);
	if (!strcmp(name, "hook-timeout"))
		return set_timeout(settings, value);
	if (!strcmp(name, "ttl") || !strcmp(name, "default-ttl"))
		return set_ttl(settings, value);
	if (!strcmp(name, "reserve")) {
		settings->reserve_set = true;
		return size_parse(value, &settings->reserve);
	}
	return -ENOENT;
}

/* The handler of libinih for one line. It returns 0 on an error. */
static int handle_setting(void *user, const char *section, const char *name, const char *value)
{
	struct reading *reading = user;
	int ret;

	if (reading->problem)
		return 0;
	if (strcmp(section, "snapshot")) {
		reading->problem = "the only section is [snapshot]";
		return 0;
	}
	ret = settings_set(reading->settings, name, value ? value : "");
	if (ret == -ENOENT)
		reading->problem = "there is no such setting";
	else if (ret == -ENOMEM)
		reading->problem = "there is not enough memory";
	else if (ret)
		reading->problem = "the value is not valid for this setting";
	return !ret;
}

int settings_parse(struct settings *settings, FILE *file, int *line, const char **problem)
{
	struct reading reading = { .settings = settings };
	int ret = ini_parse_file(file, handle_setting, &reading);

	if (!ret)
		return 0;
	*line = ret > 0 ? ret : 0;
	*problem = reading.problem ? reading.problem : "it is neither a section nor NAME = VALUE";
	return -EINVAL;
}

static int read_file(struct settings *settings, FILE *file, const char *path)
{
	const char *problem;
	int line;

	if (!settings_parse(settings, file, &line, &problem))
		return 0;
	message_error("%s, line %d: %s", path, line, problem);
	return 1;
}

int settings_load(struct settings *settings, const char *path)
{
	const char *name = path ? path : SETTINGS_FILE;
	FILE *file = fopen(name, "re");
	int status;

	if (!file) {
		if (!path && errno == ENOENT)
			return 0;
		message_errno(-errno, "cannot read the configuration %s", name);
		return 1;
	}
	status = read_file(settings, file, name);
	fclose(file);
	return status;
}

void settings_free(struct settings *settings)
{
	strings_free(&settings->storage);
	free(settings->hooks);
}
