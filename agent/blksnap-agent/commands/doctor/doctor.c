// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/doctor/doctor.h"
#include "state/record.h"

/* Exit statuses of monitoring plug-ins. */
enum severity {
	FINE,
	WARNING,
	CRITICAL,
	UNKNOWN,
};

static const char *const severity_names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* Each check relies on those before it. The first that fails determines the exit status. */
static const struct {
	const char *name;
	doctor_check *check;
	enum exit_status status;
	enum severity severity;
} checks[] = {
	{ "built", doctor_module_built, STATUS_NOT_BUILT, CRITICAL },
	{ "allowed", doctor_module_allowed, STATUS_REFUSED, CRITICAL },
	{ "hook", doctor_hook, STATUS_HOOK, CRITICAL },
	{ "loaded", doctor_module_loaded, STATUS_NOT_LOADED, CRITICAL },
	{ "control", doctor_control, STATUS_CONTROL, CRITICAL },
	{ "version", doctor_version, STATUS_VERSION, CRITICAL },
	{ "storage", doctor_storage, STATUS_NO_STORAGE, CRITICAL },
	{ "lost", doctor_lost, STATUS_SNAPSHOT_LOST, CRITICAL },
	{ "watched", doctor_watched, STATUS_UNWATCHED, CRITICAL },
	{ "space", doctor_space, STATUS_LOW_SPACE, WARNING },
	{ "age", doctor_age, STATUS_OLD, WARNING },
	{ "leftovers", doctor_leftovers, STATUS_LEFTOVERS, WARNING },
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

static void print_finding(const char *name, const struct finding *finding)
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

/* Print the worst finding in one line, with the number of snapshots as performance data. */
static int run_brief(const struct arguments *arguments)
{
	enum severity worst = FINE;
	char text[FINDING_TEXT] = "all is well";
	struct blksnap_id *ids;
	size_t count;

	if (geteuid()) {
		puts("BLKSNAP UNKNOWN - only root can look");
		return UNKNOWN;
	}
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		struct finding finding = {};

		checks[i].check(&arguments->settings, &finding);
		if (!finding.bad || checks[i].severity <= worst)
			continue;
		worst = checks[i].severity;
		snprintf(text, sizeof(text), "%s", finding.text);
	}
	for (char *bad = text; (bad = strpbrk(bad, "|\n"));)
		*bad = ' ';
	if (record_list(&ids, &count))
		count = 0;
	else
		free(ids);
	printf("BLKSNAP %s - %s | snapshots=%zu\n", severity_names[worst], text, count);
	return output_flush() ? UNKNOWN : worst;
}

static int run(const struct arguments *arguments)
{
	struct json_object *array = arguments->json ? json_object_new_array() : NULL;
	struct json_object *object;
	enum exit_status status = STATUS_OK;
	int failed;

	if (arguments->brief)
		return run_brief(arguments);

	for (size_t i = 0; i < CHECK_COUNT; i++) {
		struct finding finding = {};

		checks[i].check(&arguments->settings, &finding);
		if (finding.bad && !status)
			status = checks[i].status;
		if (array)
			add_json(array, checks[i].name, &finding);
		else
			print_finding(checks[i].name, &finding);
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
	.usage = "[--json | --brief]",
	.summary = "Look for everything that can be wrong, and tell how to mend it",
	.takes = ARGUMENT_CONFIG | ARGUMENT_JSON | ARGUMENT_BRIEF,
	.run = run,
};
