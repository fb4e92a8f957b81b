// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "command.h"
#include "doctor.h"
#include "output.h"
#include "status.h"

/* In the order in which one needs the other; the first bad one is the exit status. */
static const struct {
	const char *name;
	doctor_check *check;
	enum status status;
} checks[] = {
	{ "built", doctor_module_built, STATUS_NOT_BUILT },
	{ "allowed", doctor_module_allowed, STATUS_REFUSED },
	{ "hook", doctor_hook, STATUS_HOOK },
	{ "loaded", doctor_module_loaded, STATUS_NOT_LOADED },
	{ "control", doctor_control, STATUS_CONTROL },
	{ "version", doctor_version, STATUS_VERSION },
	{ "storage", doctor_storage, STATUS_NO_STORAGE },
	{ "snapshots", doctor_snapshots, STATUS_LEFTOVERS },
};

#define CHECK_COUNT	(sizeof(checks) / sizeof(checks[0]))

void doctor_good(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(finding->text, sizeof(finding->text), format, arguments);
	va_end(arguments);
}

void doctor_bad(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	finding->bad = true;
	va_start(arguments, format);
	vsnprintf(finding->text, sizeof(finding->text), format, arguments);
	va_end(arguments);
}

static const char *state_of(const struct finding *finding)
{
	if (finding->bad)
		return "bad";
	return *finding->text ? "good" : "unknown";
}

static void add_json(struct json_object *array, const char *name, const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	output_text(object, "check", name);
	output_text(object, "state", state_of(finding));
	output_text(object, "text", *finding->text ? finding->text : NULL);
	json_object_array_add(array, object);
}

static void print(const char *name, const struct finding *finding)
{
	enum output_colour colour = OUTPUT_DOUBTFUL;

	if (finding->bad)
		colour = OUTPUT_BAD;
	else if (*finding->text)
		colour = OUTPUT_GOOD;
	printf("%-10s ", name);
	output_coloured(colour, state_of(finding), 7);
	printf("  %s\n", *finding->text ? finding->text : "cannot be told because of the above");
}

static int run(const struct arguments *arguments)
{
	struct json_object *array = arguments->json ? json_object_new_array() : NULL;
	struct json_object *object;
	enum status status = STATUS_OK;
	int failed;

	for (size_t i = 0; i < CHECK_COUNT; i++) {
		struct finding finding = {};

		checks[i].check(&arguments->settings, &finding);
		if (finding.bad && !status)
			status = checks[i].status;
		if (array)
			add_json(array, checks[i].name, &finding);
		else
			print(checks[i].name, &finding);
	}
	if (!array)
		return output_flush() ? STATUS_FAILED : status;
	object = output_begin();
	json_object_object_add(object, "checks", array);
	failed = output_end(object);
	return failed ? STATUS_FAILED : status;
}

const struct agent_command agent_doctor = {
	.name = "doctor",
	.usage = "[--json]",
	.summary = "Look for everything that can be wrong, and tell how to mend it",
	.takes = ARGUMENT_CONFIG | ARGUMENT_JSON,
	.run = run,
};
