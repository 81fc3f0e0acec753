/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void weir_log_printf(const weir_log *log, int level, const char *component, const char *fmt, ...) {
  if (!log || !log->fn || level > log->level) return;
  char line[512];
  va_list ap;
  va_start(ap, fmt);
  int len = vsnprintf(line, sizeof line, fmt, ap);
  va_end(ap);
  if (len >= 0) log->fn(log->ctx, level, component, line);
}
