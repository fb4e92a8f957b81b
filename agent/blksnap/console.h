/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console tool blksnap. */
#ifndef BLKSNAP_CONSOLE_H
#define BLKSNAP_CONSOLE_H

/* Run the command line. Returns the exit status. */
int console_main(int argc, char **argv);

#endif
