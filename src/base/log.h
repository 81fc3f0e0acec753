/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* log.h - log lines go to the loop's hook; without one, errors and warnings go to stderr if WEIR_LOG is set
 * by the program's owner (the value is read where a loop is made, not here). */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include <weir/base.h>

typedef struct weir_log {
  void (*fn)(void *ctx, int level, const char *component, const char *text); /* NULL: silent */
  void *ctx;
  int level; /* lines above it are dropped */
} weir_log;

/** Formats one line (cut at 511 bytes) and hands it on. */
void weir_log_printf(const weir_log *log, int level, const char *component, const char *fmt, ...)
    WEIR_PRINTF(4, 5);

#endif
