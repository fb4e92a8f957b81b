// SPDX-License-Identifier: GPL-2.0-or-later
/* Can the module be called, and does its version fit? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "commands/doctor/doctor.h"

void doctor_control(const struct settings *settings, struct finding *finding)
{
	static const char path[] = "/dev/blksnap-control";
	struct stat st;
	int fd;

	(void)settings;
	if (!doctor_module_is_loaded())
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

/* The interface changes with the major version. */
void doctor_version(const struct settings *settings, struct finding *finding)
{
	struct blksnap_module_version version;
	int control, ret;

	(void)settings;
	if (!doctor_module_is_loaded())
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
