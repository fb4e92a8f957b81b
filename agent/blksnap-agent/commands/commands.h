/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All subcommands. Each is defined in the file with its name. */
#ifndef BLKSNAP_AGENT_COMMANDS_H
#define BLKSNAP_AGENT_COMMANDS_H

#include "cli/command.h"

extern const struct agent_command agent_snapshot_create;
extern const struct agent_command agent_snapshot_list;
extern const struct agent_command agent_snapshot_show;
extern const struct agent_command agent_snapshot_destroy;
extern const struct agent_command agent_snapshot_wait;
extern const struct agent_command agent_snapshot_mount;
extern const struct agent_command agent_snapshot_umount;
extern const struct agent_command agent_device_list;
extern const struct agent_command agent_device_attach;
extern const struct agent_command agent_device_detach;
extern const struct agent_command agent_device_status;
extern const struct agent_command agent_changes;
extern const struct agent_command agent_export;
extern const struct agent_command agent_doctor;
extern const struct agent_command agent_metrics;
extern const struct agent_command agent_cleanup;
extern const struct agent_command agent_monitor;

#endif
