/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* weirc.h - the whole program as a function, for those that carry weirc within them. */
#ifndef WEIRC_WEIRC_H
#define WEIRC_WEIRC_H

#include <stdio.h>

/** Obeys a command line; argv[0] is not looked at. Messages go to err, --help and --version to out. Returns the exit
 * status, 0 or 1; leaves nothing behind in the process. Several threads may run it at once. */
int weirc_main(int argc, char **argv, FILE *out, FILE *err);

#endif
