// SPDX-License-Identifier: GPL-2.0-or-later
/* Can blkfilter redirect submit_bio_noacct? */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/doctor/doctor.h"
#include "text_file.h"

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

/* Only one user may modify the instruction pointer (IPMODIFY) of a function; ftrace marks it I. */
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
	char *enabled = text_file_read("/proc/sys/kernel/ftrace_enabled");
	char patch[128] = "";

	(void)settings;
	if (!enabled || !*enabled)
		doctor_bad(finding, "this kernel has no function tracing (CONFIG_DYNAMIC_FTRACE), which blkfilter needs; use another kernel");
	else if (*enabled == '0')
		doctor_bad(finding, "function tracing is switched off; run sysctl kernel.ftrace_enabled=1");
	else if (is_livepatched(patch, sizeof(patch)))
		doctor_bad(finding, "the live patch %s is on submit_bio_noacct, which only one can redirect; reboot into a kernel with the fix built in",
			   patch);
	else if (access("/sys/module/blkfilter/initstate", F_OK) && is_redirected())
		doctor_bad(finding, "another module redirects submit_bio_noacct, which only one can do; unload it");
	else
		doctor_good(finding, "nothing else redirects submit_bio_noacct");
	free(enabled);
}
