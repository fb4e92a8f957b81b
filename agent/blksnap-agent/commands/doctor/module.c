// SPDX-License-Identifier: GPL-2.0-or-later
/* Is there a module for this kernel, does the kernel accept it, and is it loaded? */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commands/doctor/doctor.h"
#include "text_file.h"

bool doctor_module_is_loaded(void)
{
	return !access("/sys/module/blksnap/initstate", F_OK);
}

/* Find the path of the module for a kernel release. */
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

/* Find the log of a failed DKMS build; an empty path if there is none. */
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
		doctor_bad(finding, "there is no module blksnap for kernel %s; why it was not built is in %s; which kernels are known is in docs/kernels.md",
			   release, log);
	else
		doctor_bad(finding, "there is no module blksnap for kernel %s; build and install it (dkms autoinstall, or make -C module)",
			   release);
}

/* The folder tells who has installed a module. */
static const char *origin_of(const char *path)
{
	if (strstr(path, "/updates/blksnap/"))
		return ", from a package with built modules";
	return strstr(path, "/dkms/") ? ", built by DKMS" : "";
}

/* A loaded module that DKMS failed to build is reported: it would be missing after a reboot. */
void doctor_module_built(const struct settings *settings, struct finding *finding)
{
	struct utsname name;
	char path[4096];

	(void)settings;
	if (uname(&name))
		return;
	if (find_module(name.release, path, sizeof(path)))
		doctor_good(finding, "%s%s", path, origin_of(path));
	else if (doctor_module_is_loaded() && access("/var/lib/dkms/blksnap", F_OK))
		doctor_good(finding, "loaded, though it is not installed for kernel %s",
			    name.release);
	else
		explain_missing(name.release, finding);
}

/* A signature is at the end of the file; in a compressed module it cannot be seen. */
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

/* Returns why the kernel requires signatures, or NULL. */
static const char *signatures_wanted_by(void)
{
	char *enforced = text_file_read("/sys/module/module/parameters/sig_enforce");
	char *lockdown = text_file_read("/sys/kernel/security/lockdown");
	const char *reason = NULL;

	if (enforced && *enforced == 'Y')
		reason = "the kernel accepts signed modules only";
	else if (lockdown &&
		 (strstr(lockdown, "[integrity]") || strstr(lockdown, "[confidentiality]")))
		reason = "the kernel is locked down (Secure Boot)";
	free(enforced);
	free(lockdown);
	return reason;
}

void doctor_module_allowed(const struct settings *settings, struct finding *finding)
{
	const char *why = signatures_wanted_by();
	struct utsname name;
	char path[4096];

	(void)settings;
	if (doctor_module_is_loaded())
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
	if (doctor_module_is_loaded())
		doctor_good(finding, "blksnap is loaded");
	else
		doctor_bad(finding, "blksnap is not loaded; run modprobe blksnap, and if that fails look at dmesg");
}
