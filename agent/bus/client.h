/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BUS_CLIENT_H
#define BLKSNAP_BUS_CLIENT_H

/*
 * Run a command of blksnap-agent through the service. argv[1] is the command's name, as one word;
 * its arguments follow. Returns an exit status.
 */
int client(int argc, char **argv);

#endif
