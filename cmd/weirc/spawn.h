/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* spawn.h - runs another program, as plugins are: all input is written to it while its output is read, so that neither
 * side waits for the other. */
#ifndef WEIRC_SPAWN_H
#define WEIRC_SPAWN_H

#include "base/bytes.h"

typedef struct weirc_command {
  char *const *argv; /* NULL at the end */
  char *const *envp; /* its environment */
  bool search;       /* argv[0] is looked for in PATH unless it holds a slash */
} weirc_command;

/** How a program ended. */
typedef enum weirc_ended { WEIRC_EXITED, WEIRC_KILLED, WEIRC_NOT_STARTED } weirc_ended;

/**
 * Runs it to its end. Its stderr is ours. Leaves the process's signals as they were; a program that stops reading
 * does not kill us.
 *
 * out     gets what it wrote
 * number  exit status, signal, or errno
 */
weirc_ended weirc_spawn(const weirc_command *command, weir_str in, weir_bytes *out, int *number);

#endif
