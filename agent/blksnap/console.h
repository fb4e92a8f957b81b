/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console tool as a whole. */
#ifndef BLKSNAP_CONSOLE_H
#define BLKSNAP_CONSOLE_H

/* What main() is to a program; returns the exit status. */
int console_main(int argc, char **argv);

#endif
