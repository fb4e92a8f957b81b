/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the D-Bus interface, which docs/integration.md describes. */
#ifndef BLKSNAP_BUS_INTERFACE_H
#define BLKSNAP_BUS_INTERFACE_H

#define BUS_NAME		"org.blksnap.Agent1"
#define BUS_PATH		"/org/blksnap/Agent1"
#define BUS_INTERFACE		"org.blksnap.Agent1"

#define BUS_ERROR_FAILED	BUS_INTERFACE ".Error.Failed"
#define BUS_ERROR_GENERATION	BUS_INTERFACE ".Error.Generation"
#define BUS_ERROR_REFUSED	BUS_INTERFACE ".Error.Refused"

/* The actions of polkit. */
#define BUS_ACTION_CREATE	"org.blksnap.agent.create"
#define BUS_ACTION_DESTROY	"org.blksnap.agent.destroy"

/* The group whose members may read. */
#define BUS_GROUP		"blksnap"

#endif
