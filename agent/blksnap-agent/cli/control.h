/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to the module, with a message if there is none. */
#ifndef BLKSNAP_AGENT_CONTROL_H
#define BLKSNAP_AGENT_CONTROL_H

/* A descriptor, or -1 after a message. */
int control_open(void);

#endif
