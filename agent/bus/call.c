// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call runs a command of blksnap-agent in a child process, with its output in a file in memory,
 * and is answered when the child has ended. So neither a command that takes long nor a caller that
 * does not read holds up others.
 *
 * One thread, one event loop: all functions here are called from it. A call is on the list from
 * call_begin() until end_call(), and owns all that it refers to. It waits for polkit (@question is
 * set) or for its child (@child is set). When the caller's connection to the bus goes, a call that
 * waits for polkit ends, and a child that only reads is killed; one that creates or destroys goes
 * on. The child's pid is valid until the event loop has called child_ended(), which reaps it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>
#include <systemd/sd-event.h>

#include "bus/call.h"
#include "bus/caller.h"
#include "bus/interface.h"
#include "bus/methods.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/program.h"
#include "utf8.h"

/*
 * Root has no limit; others must not use up processes and memory. A call that waits for polkit has
 * neither, and does not count for all: it may be anybody's.
 */
#define MOST_OF_USER	8
#define MOST_OF_ALL	64

/* A file can have more than the bus would take in a message. */
#define MOST_FILE	(256 << 20)
#define MOST_TEXT	(8 << 20)
#define MOST_MESSAGES	(64 << 10)

/**
 * struct call - a call that is under way
 * @next: on the list
 * @method: that was called
 * @message: the call; a reference
 * @uid: of the caller
 * @track: watches the caller's connection
 * @argv: the command line, with NULL at the end
 * @question: to polkit, or NULL
 * @child: event source of the child, or NULL
 * @pid: of the child
 * @out: file with the child's output, or -1
 * @err: file with its messages, or -1
 */
struct call {
	struct call *next;
	const struct method *method;
	sd_bus_message *message;
	uid_t uid;
	sd_bus_track *track;
	struct strings argv;
	sd_bus_slot *question;
	sd_event_source *child;
	pid_t pid;
	int out;
	int err;
};

static struct call *calls;

bool call_any(void)
{
	return calls;
}

static void free_call(struct call *call)
{
	sd_bus_message_unref(call->message);
	sd_bus_track_unref(call->track);
	sd_bus_slot_unref(call->question);
	sd_event_source_unref(call->child);
	strings_free(&call->argv);
	if (call->out >= 0)
		close(call->out);
	if (call->err >= 0)
		close(call->err);
	free(call);
}

static void end_call(struct call *call)
{
	struct call **at = &calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	free_call(call);
}

/* A connection that is gone gets no reply; to send one is no error either. */
static void reply_error(struct call *call, const sd_bus_error *error)
{
	sd_bus_reply_method_error(call->message, error);
	end_call(call);
}

static void reply_errno(struct call *call, int ret)
{
	sd_bus_reply_method_errorf(call->message, BUS_ERROR_FAILED,
				   "the service cannot run the command, or pass on its output: %s",
				   strerror(-ret));
	end_call(call);
}

/* Read a file from its start. The caller frees the text, which is valid UTF-8; NULL on failure. */
static char *read_text(int fd, size_t most)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text, *valid;

	if (size < 0 || (size_t)size > most)
		return NULL;
	text = calloc(1, size + 1);
	if (!text || pread(fd, text, size, 0) != size) {
		free(text);
		return NULL;
	}
	valid = utf8_escape(text);
	free(text);
	return valid;
}

/* Returns the text of an error on a line, without what is put around it for people or programs. */
static const char *error_of(const char *line, struct json_object *object)
{
	static const char prefix[] = "blksnap-agent: ";
	struct json_object *value;

	if (object)
		return json_object_object_get_ex(object, "error", &value) ?
		       json_object_get_string(value) : NULL;
	return strncmp(line, prefix, strlen(prefix)) ? NULL : line + strlen(prefix);
}

/* The caller frees the texts of all errors, joined by line feeds; NULL on failure. */
static char *read_messages(int fd)
{
	char *text = read_text(fd, MOST_MESSAGES), *rest = text, *line, *joined;
	struct strings errors = {};

	while ((line = strsep(&rest, "\n"))) {
		struct json_object *object = *line == '{' ? json_tokener_parse(line) : NULL;
		const char *error = error_of(line, object);

		if (error)
			strings_add(&errors, error);
		json_object_put(object);
	}
	joined = strings_join(&errors, "\n");
	strings_free(&errors);
	free(text);
	return joined;
}

static int append_text(sd_bus_message *reply, char *text)
{
	int ret = text ? sd_bus_message_append(reply, "s", text) : -EFBIG;

	free(text);
	return ret;
}

/* The receiver of a file shares it, and its offset, with the service, which closes it. */
static int append_file(sd_bus_message *reply, int fd)
{
	if (lseek(fd, 0, SEEK_SET) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL))
		return -errno;
	return sd_bus_message_append(reply, "h", fd);
}

static int append(const struct call *call, sd_bus_message *reply, char what, int status)
{
	switch (what) {
	case 'd':
		return append_text(reply, read_text(call->out, MOST_TEXT));
	case 'h':
		return append_file(reply, call->out);
	case 'i':
		return sd_bus_message_append(reply, "i", status);
	case 'm':
		return append_text(reply, read_messages(call->err));
	}
	return -EINVAL;
}

static void reply_result(struct call *call, int status)
{
	sd_bus_message *reply = NULL;
	int ret = sd_bus_message_new_method_return(call->message, &reply);

	for (const char *what = call->method->reply; ret >= 0 && *what; what++)
		ret = append(call, reply, *what, status);
	if (ret >= 0)
		ret = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	if (ret < 0)
		reply_errno(call, ret);
	else
		end_call(call);
}

static const char *error_name(int status)
{
	switch (status) {
	case STATUS_USAGE:
		return SD_BUS_ERROR_INVALID_ARGS;
	case STATUS_GENERATION:
		return BUS_ERROR_GENERATION;
	}
	return BUS_ERROR_FAILED;
}

static void reply_failure(struct call *call, int status)
{
	char *text = read_messages(call->err);
	sd_bus_error error = SD_BUS_ERROR_NULL;

	sd_bus_error_set(&error, error_name(status),
			 text && *text ? text : "the command was killed, or has said nothing");
	reply_error(call, &error);
	sd_bus_error_free(&error);
	free(text);
}

static int child_ended(sd_event_source *source, const siginfo_t *info, void *userdata)
{
	struct call *call = userdata;
	int status = info->si_code == CLD_EXITED ? info->si_status : -1;

	(void)source;
	if (!status || (status > 0 && status < 32 && call->method->answers & 1U << status))
		reply_result(call, status);
	else
		reply_failure(call, status);
	return 0;
}

/* Runs in the child. All other descriptors are closed by exec. */
static void run_command(const struct call *call, const char *program)
{
	static const char *const environment[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL
	};
	const struct rlimit size = { MOST_FILE, MOST_FILE }, none = { RLIM_INFINITY, RLIM_INFINITY };
	sigset_t signals;

	sigemptyset(&signals);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	/* Those that change something make files of storage. */
	if (setrlimit(RLIMIT_FSIZE, call->method->action ? &none : &size) ||
	    dup2(call->out, STDOUT_FILENO) < 0 || dup2(call->err, STDERR_FILENO) < 0)
		_exit(127);
	execve(program, call->argv.items, (char **)environment);
	_exit(127);
}

static int start_child(struct call *call)
{
	sd_event *event = sd_bus_get_event(sd_bus_message_get_bus(call->message));
	char program[512];
	int ret = program_path("../../sbin/blksnap-agent", program, sizeof(program));

	if (ret)
		return ret;
	call->out = memfd_create("blksnap-agent-output", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	call->err = memfd_create("blksnap-agent-messages", MFD_CLOEXEC);
	if (call->out < 0 || call->err < 0)
		return -errno;
	call->pid = fork();
	if (call->pid < 0)
		return -errno;
	if (!call->pid)
		run_command(call, program);
	ret = sd_event_add_child(event, &call->child, call->pid, WEXITED, child_ended, call);
	if (ret >= 0)
		return 0;
	/* Nobody would answer the call, or reap the child. */
	kill(call->pid, SIGKILL);
	waitpid(call->pid, NULL, 0);
	return ret;
}

static void start(struct call *call)
{
	int ret;

	if (call->method->action)
		message_note("%s for user %u", call->method->member, call->uid);
	ret = start_child(call);
	if (ret < 0)
		reply_errno(call, ret);
}

static int answered(sd_bus_message *reply, void *userdata, sd_bus_error *ignored)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct call *call = userdata;

	(void)ignored;
	call->question = sd_bus_slot_unref(call->question);
	if (caller_allowed(reply, &error))
		start(call);
	else
		reply_error(call, &error);
	sd_bus_error_free(&error);
	return 0;
}

static int caller_gone(sd_bus_track *track, void *userdata)
{
	struct call *call = userdata;

	(void)track;
	if (call->question)
		end_call(call);
	else if (call->child && !call->method->action)
		kill(call->pid, SIGKILL);
	return 0;
}

static int check_limits(uid_t uid)
{
	unsigned int all = 0, of_user = 0;

	for (const struct call *call = calls; call; call = call->next) {
		all += !call->question;
		of_user += call->uid == uid;
	}
	return uid && (of_user >= MOST_OF_USER || all >= MOST_OF_ALL) ? -EBUSY : 0;
}

static int authorise(sd_bus_message *message, const struct method *method, struct caller *caller,
		     sd_bus_error *error)
{
	int ret = caller_read(message, caller);

	if (ret)
		return sd_bus_error_set_const(error, BUS_ERROR_REFUSED,
					      "the bus does not tell who calls");
	if (caller->uid && !caller->member && !method->action)
		return sd_bus_error_set_const(error, BUS_ERROR_REFUSED,
					      "only root and members of the group " BUS_GROUP " may read");
	if (check_limits(caller->uid))
		return sd_bus_error_set_const(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
					      "too many calls are under way");
	return 0;
}

/* The last string of the command line is NULL, and not counted. */
static int end_argv(struct strings *argv)
{
	char **items = reallocarray(argv->items, argv->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	items[argv->count] = NULL;
	argv->items = items;
	return 0;
}

static int fill(struct call *call, sd_bus_message *message, sd_bus_error *error)
{
	int ret = method_arguments(call->method, message, &call->argv, error);

	if (!ret)
		ret = end_argv(&call->argv);
	if (!ret)
		ret = sd_bus_track_new(sd_bus_message_get_bus(message), &call->track, caller_gone,
				       call);
	if (ret >= 0)
		ret = sd_bus_track_add_sender(call->track, message);
	return ret;
}

/* Without polkit the question fails, and the call with it. */
static void ask_or_start(struct call *call, const struct caller *caller)
{
	int ret;

	if (!call->method->action || !caller->uid) {
		start(call);
		return;
	}
	ret = caller_ask(call->message, call->method->action, answered, call, &call->question);
	if (ret)
		reply_errno(call, ret);
}

int call_begin(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	const struct method *method = method_find(sd_bus_message_get_member(message));
	struct caller caller;
	struct call *call;
	int ret = method ? authorise(message, method, &caller, error) : -EINVAL;

	(void)userdata;
	if (ret < 0)
		return ret;
	call = calloc(1, sizeof(*call));
	if (!call)
		return -ENOMEM;
	call->out = call->err = -1;
	call->method = method;
	call->uid = caller.uid;
	ret = fill(call, message, error);
	if (ret < 0) {
		free_call(call);
		return ret;
	}
	call->message = sd_bus_message_ref(message);
	call->next = calls;
	calls = call;
	ask_or_start(call, &caller);
	return 1;
}
