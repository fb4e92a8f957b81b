/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program blksnap-agent. */
#ifndef BLKSNAP_AGENT_H
#define BLKSNAP_AGENT_H

/* Run the command line. Returns the exit status. */
int agent_main(int argc, char **argv);

#endif
