// SPDX-License-Identifier: GPL-2.0-or-later
/* Is there a module for this kernel, would it be accepted, is it loaded, does it fit? */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "commands/doctor/doctor.h"

static bool is_loaded(void)
{
	return !access("/sys/module/blksnap/initstate", F_OK);
}

/* The first line of a file without its line feed; empty if there is none. */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	*line = '\0';
	if (!file)
		return;
	if (fgets(line, size, file))
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
}

/* The path of the module for this kernel, relative to its folder of modules. */
static bool find_module(const char *release, char *path, size_t size)
{
	char dep[256], line[3072];
	bool found = false;
	FILE *file;

	snprintf(dep, sizeof(dep), "/lib/modules/%s/modules.dep", release);
	file = fopen(dep, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		char *end = strchr(line, ':');

		if (!end)
			continue;
		*end = '\0';
		found = strstr(line, "/blksnap.ko") != NULL;
		if (found)
			snprintf(path, size, "/lib/modules/%s/%s", release, line);
	}
	fclose(file);
	return found;
}

/* The log of a DKMS build that failed, or an empty text. */
static void find_dkms_log(char *path, size_t size)
{
	glob_t found;

	*path = '\0';
	if (!glob("/var/lib/dkms/blksnap/*/build/make.log", 0, NULL, &found))
		snprintf(path, size, "%s", found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
}

static void explain_missing(const char *release, struct finding *finding)
{
	char headers[256], log[256];

	snprintf(headers, sizeof(headers), "/lib/modules/%s/build/Makefile", release);
	find_dkms_log(log, sizeof(log));
	if (access(headers, F_OK))
		doctor_bad(finding, "there is no module blksnap for kernel %s, whose headers are not installed either; install them (linux-headers-%s or kernel-devel), then run dkms autoinstall",
			   release, release);
	else if (*log)
		doctor_bad(finding, "there is no module blksnap for kernel %s; why it was not built is in %s",
			   release, log);
	else
		doctor_bad(finding, "there is no module blksnap for kernel %s; build and install it (dkms autoinstall, or make -C module)",
			   release);
}

/* One that DKMS should have built, and did not, would be missed after the next boot. */
void doctor_module_built(const struct settings *settings, struct finding *finding)
{
	struct utsname name;
	char path[4096];

	(void)settings;
	if (uname(&name))
		return;
	if (find_module(name.release, path, sizeof(path)))
		doctor_good(finding, "%s", path);
	else if (is_loaded() && access("/var/lib/dkms/blksnap", F_OK))
		doctor_good(finding, "loaded, though it is not installed for kernel %s",
			    name.release);
	else
		explain_missing(name.release, finding);
}

/* A signature stands at the very end; a compressed module does not show whether it has one. */
static bool is_unsigned(const char *path)
{
	static const char magic[] = "~Module signature appended~\n";
	char end[sizeof(magic)] = "";
	size_t length = strlen(path);
	FILE *file;

	if (length < 3 || strcmp(path + length - 3, ".ko"))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fseek(file, -(long)strlen(magic), SEEK_END) &&
	    fread(end, 1, strlen(magic), file) != strlen(magic))
		*end = '\0';
	fclose(file);
	return strcmp(end, magic) != 0;
}

/* What makes the kernel ask for signatures, or NULL. */
static const char *signatures_wanted_by(void)
{
	char line[128];

	read_line("/sys/module/module/parameters/sig_enforce", line, sizeof(line));
	if (*line == 'Y')
		return "the kernel accepts signed modules only";
	read_line("/sys/kernel/security/lockdown", line, sizeof(line));
	if (strstr(line, "[integrity]") || strstr(line, "[confidentiality]"))
		return "the kernel is locked down (Secure Boot)";
	return NULL;
}

void doctor_module_allowed(const struct settings *settings, struct finding *finding)
{
	const char *why = signatures_wanted_by();
	struct utsname name;
	char path[4096];

	(void)settings;
	if (is_loaded())
		doctor_good(finding, "it was accepted by the kernel");
	else if (!why)
		doctor_good(finding, "the kernel takes modules without a signature");
	else if (uname(&name) || !find_module(name.release, path, sizeof(path)))
		return;
	else if (is_unsigned(path))
		doctor_bad(finding, "%s, and %s has no signature; sign it with a key that the machine trusts (mokutil --import)",
			   why, path);
	else
		doctor_good(finding, "%s; if loading fails with a key that is rejected, enroll the key (mokutil --import)",
			    why);
}

void doctor_module_loaded(const struct settings *settings, struct finding *finding)
{
	(void)settings;
	if (is_loaded())
		doctor_good(finding, "blksnap is loaded");
	else
		doctor_bad(finding, "blksnap is not loaded; run modprobe blksnap, and if that fails look at dmesg");
}

static bool is_livepatched(char *name, size_t size)
{
	glob_t found;
	bool patched;

	patched = !glob("/sys/kernel/livepatch/*/vmlinux/submit_bio_noacct,*", 0, NULL, &found);
	if (patched)
		snprintf(name, size, "%s", found.gl_pathv[0] + strlen("/sys/kernel/livepatch/"));
	globfree(&found);
	name[strcspn(name, "/")] = '\0';
	return patched;
}

/* Only one may redirect a function; a line with an I names it, see the kernel's ftrace text. */
static bool is_redirected(void)
{
	FILE *file = fopen("/sys/kernel/tracing/enabled_functions", "re");
	char line[512];
	bool found = false;

	if (!file)
		file = fopen("/sys/kernel/debug/tracing/enabled_functions", "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "submit_bio_noacct ", 18) && strstr(line, " I ");
	if (file)
		fclose(file);
	return found;
}

void doctor_hook(const struct settings *settings, struct finding *finding)
{
	char line[64], patch[128] = "";

	(void)settings;
	read_line("/proc/sys/kernel/ftrace_enabled", line, sizeof(line));
	if (!*line)
		doctor_bad(finding, "this kernel has no function tracing (CONFIG_DYNAMIC_FTRACE), which blkfilter needs; use another kernel");
	else if (*line == '0')
		doctor_bad(finding, "function tracing is switched off; run sysctl kernel.ftrace_enabled=1");
	else if (is_livepatched(patch, sizeof(patch)))
		doctor_bad(finding, "the live patch %s is on submit_bio_noacct, which only one can redirect; reboot into a kernel with the fix built in",
			   patch);
	else if (access("/sys/module/blkfilter/initstate", F_OK) && is_redirected())
		doctor_bad(finding, "another module redirects submit_bio_noacct, which only one can do; unload it");
	else
		doctor_good(finding, "nothing else redirects submit_bio_noacct");
}

void doctor_control(const struct settings *settings, struct finding *finding)
{
	static const char path[] = "/dev/blksnap-control";
	struct stat st;
	int fd;

	(void)settings;
	if (!is_loaded())
		return;
	if (stat(path, &st)) {
		doctor_bad(finding, "%s is missing (%s); is /dev a devtmpfs?", path,
			   strerror(errno));
		return;
	}
	fd = blksnap_control_open();
	if (fd >= 0)
		close(fd);
	if (fd < 0)
		doctor_bad(finding, "%s cannot be opened: %s", path,
			   blksnap_strerror(BLKSNAP_CONTROL_OPEN, fd));
	else if (st.st_mode & 077 || st.st_uid)
		doctor_bad(finding, "%s is not for root only; run chown root %s && chmod 0600 %s",
			   path, path, path);
	else
		doctor_good(finding, "%s is there, for root only", path);
}

/* A change of the first number is one of the interface. */
void doctor_version(const struct settings *settings, struct finding *finding)
{
	struct blksnap_module_version version;
	int control, ret;

	(void)settings;
	if (!is_loaded())
		return;
	control = blksnap_control_open();
	if (control < 0)
		return;
	ret = blksnap_module_version(control, &version);
	close(control);
	if (ret)
		doctor_bad(finding, "the module does not tell its version: %s",
			   blksnap_strerror(BLKSNAP_MODULE_VERSION, ret));
	else if (version.major != atoi(AGENT_VERSION))
		doctor_bad(finding, "the module has version %u.%u.%u and this program %s; install both of one version, then reload the module",
			   version.major, version.minor, version.revision, AGENT_VERSION);
	else
		doctor_good(finding, "module %u.%u.%u, program %s", version.major, version.minor,
			    version.revision, AGENT_VERSION);
}
