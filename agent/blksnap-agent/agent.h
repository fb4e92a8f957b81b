/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent as a whole. */
#ifndef BLKSNAP_AGENT_H
#define BLKSNAP_AGENT_H

/* What main() is to a program; returns the exit status. */
int agent_main(int argc, char **argv);

#endif
