// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The other side of methods.c: commands of blksnap-agent for those who are not root. Names of
 * devices are resolved here, with the rights of the caller.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "bus/client.h"
#include "bus/device_number.h"
#include "bus/interface.h"
#include "cli/command.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"

static const char *format_of(const struct arguments *arguments)
{
	return arguments->json ? "json" : "text";
}

static int status_of(const char *error)
{
	if (!strcmp(error, SD_BUS_ERROR_INVALID_ARGS))
		return STATUS_USAGE;
	return strcmp(error, BUS_ERROR_GENERATION) ? STATUS_FAILED : STATUS_GENERATION;
}

/* Whether the service replied, not the bus. */
static bool is_of_service(const char *error)
{
	return !strncmp(error, BUS_INTERFACE, strlen(BUS_INTERFACE)) ||
	       !strcmp(error, SD_BUS_ERROR_INVALID_ARGS) ||
	       !strcmp(error, SD_BUS_ERROR_LIMITS_EXCEEDED) ||
	       !strcmp(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED);
}

/* The bus refuses with a text that is for those who configure it. */
static int report(const sd_bus_error *error, int ret)
{
	const char *name = error->name ? error->name : "";

	if (is_of_service(name))
		message_error("%s", error->message);
	else if (!strcmp(name, SD_BUS_ERROR_ACCESS_DENIED))
		message_error("only root and members of the group " BUS_GROUP " may do this");
	else
		message_error("only root may do this without the service " BUS_NAME
			      ", which cannot be called: %s",
			      error->message ? error->message : strerror(-ret));
	return status_of(name);
}

/* One call a process: what is allocated is freed at its end. Returns 0 or a negative errno. */
static int connect_to_bus(sd_bus **bus)
{
	int ret = sd_bus_open_system(bus);

	if (ret >= 0)
		ret = sd_bus_set_allow_interactive_authorization(*bus, true);
	if (ret >= 0)
		ret = sd_bus_set_method_call_timeout(*bus, UINT64_MAX);
	return ret < 0 ? ret : 0;
}

static int append_arguments(sd_bus_message *message, const struct strings *list,
			    const char *types, va_list values)
{
	int ret = 0;

	if (list) {
		ret = sd_bus_message_open_container(message, 'a', "s");
		for (size_t i = 0; ret >= 0 && i < list->count; i++)
			ret = sd_bus_message_append(message, "s", list->items[i]);
		if (ret >= 0)
			ret = sd_bus_message_close_container(message);
	}
	return ret < 0 ? ret : sd_bus_message_appendv(message, types, values);
}

/*
 * Call a method with a list, if there is one, and other values. Returns an exit status, after a
 * message if that is not 0.
 */
static int call(sd_bus_message **reply, const char *member, const struct strings *list,
		const char *types, ...)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *message = NULL;
	sd_bus *bus = NULL;
	va_list values;
	int ret = connect_to_bus(&bus);

	if (!ret)
		ret = sd_bus_message_new_method_call(bus, &message, BUS_NAME, BUS_PATH,
						     BUS_INTERFACE, member);
	va_start(values, types);
	if (ret >= 0)
		ret = append_arguments(message, list, types, values);
	va_end(values);
	if (ret >= 0)
		ret = sd_bus_call(bus, message, 0, &error, reply);
	ret = ret < 0 ? report(&error, ret) : STATUS_OK;
	sd_bus_error_free(&error);
	sd_bus_message_unref(message);
	sd_bus_unref(bus);
	return ret;
}

static int bad_reply(int ret)
{
	message_errno(ret, "cannot read the reply of the service");
	return STATUS_FAILED;
}

static int print_document(sd_bus_message *reply)
{
	const char *document;
	int ret = sd_bus_message_read(reply, "s", &document);

	if (ret < 0)
		return bad_reply(ret);
	fputs(document, stdout);
	return output_flush() ? STATUS_FAILED : STATUS_OK;
}

static int run_list(const struct arguments *arguments)
{
	sd_bus_message *reply = NULL;
	int status = call(&reply, "ListSnapshots", NULL, "s", format_of(arguments));

	return status ? status : print_document(reply);
}

static int run_show(const struct arguments *arguments)
{
	sd_bus_message *reply = NULL;
	int32_t result;
	int ret, status = call(&reply, "ShowSnapshot", NULL, "ss", arguments->words[0],
			       format_of(arguments));

	if (!status)
		status = print_document(reply);
	if (status)
		return status;
	ret = sd_bus_message_read(reply, "i", &result);
	return ret < 0 ? bad_reply(ret) : result;
}

static int run_wait(const struct arguments *arguments)
{
	sd_bus_message *reply = NULL;
	const char *message;
	int32_t result;
	int ret, status = call(&reply, "WaitSnapshot", NULL, "st", arguments->words[0],
			       arguments->timeout);

	if (status)
		return status;
	ret = sd_bus_message_read(reply, "is", &result, &message);
	if (ret < 0)
		return bad_reply(ret);
	if (*message)
		message_error("%s", message);
	else if (arguments->json)
		return output_end(output_begin()) ? STATUS_FAILED : result;
	return result;
}

static int run_devices(const struct arguments *arguments)
{
	sd_bus_message *reply = NULL;
	int status = call(&reply, "ListDevices", NULL, "s", format_of(arguments));

	return status ? status : print_document(reply);
}

/* Returns MAJOR:MINOR, or NULL after a message. */
static const char *only_device(const char *name)
{
	static struct strings numbers;

	if (device_number_add(&numbers, name))
		return NULL;
	if (numbers.count == 1)
		return numbers.items[0];
	message_error("the file system at %s is on several devices; name one of them", name);
	return NULL;
}

static int run_status(const struct arguments *arguments)
{
	const char *device = only_device(arguments->words[0]);
	sd_bus_message *reply = NULL;
	int status;

	if (!device)
		return STATUS_FAILED;
	status = call(&reply, "DeviceStatus", NULL, "ss", device, format_of(arguments));
	return status ? status : print_document(reply);
}

static int print_file(int fd)
{
	char buffer[1 << 16];
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, got, stdout);
	if (got < 0)
		return bad_reply(-errno);
	return output_flush() ? STATUS_FAILED : STATUS_OK;
}

static int run_changes(const struct arguments *arguments)
{
	bool since = arguments->given & ARGUMENT_SINCE;
	const char *format = arguments->format ? arguments->format :
			     arguments->json ? "json" : "extents";
	const char *device = only_device(arguments->words[0]);
	sd_bus_message *reply = NULL;
	char generation[BLKSNAP_ID_TEXT];
	int fd, ret, status;

	if (!device)
		return STATUS_FAILED;
	if (since != !!(arguments->given & ARGUMENT_GENERATION)) {
		message_error("--since and --generation need each other");
		return STATUS_USAGE;
	}
	blksnap_id_format(&arguments->generation, generation);
	status = call(&reply, "Changes", NULL, "ssys", device, since ? generation : "",
		      arguments->since, format);
	if (status)
		return status;
	ret = sd_bus_message_read(reply, "h", &fd);
	return ret < 0 ? bad_reply(ret) : print_file(fd);
}

static int run_create(const struct arguments *arguments)
{
	const char *name = arguments->name ? arguments->name : "";
	sd_bus_message *reply = NULL;
	struct strings devices = {};
	char ttl[32] = "";
	int status = 0;

	for (size_t i = 0; !status && i < arguments->word_count; i++)
		status = device_number_add(&devices, arguments->words[i]);
	if (arguments->given & ARGUMENT_TTL)
		snprintf(ttl, sizeof(ttl), "%" PRIu64, arguments->settings.ttl);
	if (!status)
		status = call(&reply, "CreateSnapshot", &devices, "sss", name, ttl,
			      format_of(arguments));
	strings_free(&devices);
	return status ? status : print_document(reply);
}

static int run_destroy(const struct arguments *arguments)
{
	sd_bus_message *reply = NULL;
	int status = 0;

	for (size_t i = 0; i < arguments->word_count; i++)
		status |= call(&reply, "DestroySnapshot", NULL, "s", arguments->words[i]);
	if (status)
		return STATUS_FAILED;
	return arguments->json ? output_end(output_begin()) : STATUS_OK;
}

static const struct agent_command commands[] = {
	{
		.name = "snapshot create", .usage = "DEVICE... [OPTION...]",
		.summary = "Take a snapshot, and start its monitor",
		.takes = ARGUMENT_NAME | ARGUMENT_TTL, .least = 1, .most = SIZE_MAX, .run = run_create,
	}, {
		.name = "snapshot list", .usage = "[--json]", .summary = "Print all snapshots",
		.run = run_list,
	}, {
		.name = "snapshot show", .usage = "ID [--json]", .summary = "Print all about a snapshot",
		.least = 1, .most = 1, .run = run_show,
	}, {
		.name = "snapshot destroy", .usage = "ID...",
		.summary = "Give snapshots up, and remove their storage",
		.least = 1, .most = SIZE_MAX, .run = run_destroy,
	}, {
		.name = "snapshot wait", .usage = "ID [--timeout TIME]",
		.summary = "Wait until a snapshot is destroyed or an image is lost",
		.takes = ARGUMENT_TIMEOUT, .least = 1, .most = 1, .run = run_wait,
	}, {
		.name = "device list", .usage = "[--json]", .summary = "Print the devices that are tracked",
		.run = run_devices,
	}, {
		.name = "device status", .usage = "DEVICE [--json]",
		.summary = "Print how a device is tracked",
		.least = 1, .most = 1, .run = run_status,
	}, {
		.name = "changes", .usage = "DEVICE [--since NUMBER --generation UUID] [--format FORMAT]",
		.summary = "Print what a backup has to copy",
		.takes = ARGUMENT_SINCE | ARGUMENT_GENERATION | ARGUMENT_FORMAT,
		.least = 1, .most = 1, .run = run_changes,
	},
};

static void print_help(const struct agent_command *command)
{
	printf("Usage: blksnap-agent %s %s\n%s. Root has more options.\n\n", command->name,
	       command->usage, command->summary);
	arguments_help(command->takes);
}

static int run(const struct agent_command *command, int argc, char **argv)
{
	struct arguments arguments;
	int status = arguments_parse(&arguments, command, argc, argv);

	if (status == STATUS_USAGE)
		message_note("root has more options: see blksnap-agent(8)");
	else if (!status && arguments.given & ARGUMENT_HELP)
		print_help(command);
	else if (!status)
		status = command->run(&arguments);
	arguments_free(&arguments);
	return status;
}

int client(int argc, char **argv)
{
	if (arguments_want_json(argc, argv))
		message_use_json();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, argv[1]))
			return run(&commands[i], argc - 1, argv + 1);
	message_error("the service has no command '%s'", argv[1]);
	return STATUS_USAGE;
}
