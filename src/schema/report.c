/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/report.h"

void weir_diagnostic_print(const weir_diagnostic *d, weir_bytes *out) {
  weir_bytes_append_str(out, d->path);
  if (d->pos.line >= 0) weir_bytes_printf(out, ":%d:%d", (int)d->pos.line + 1, (int)d->pos.col + 1);
  static const char *const words[] = {": ", ": warning: ", ": note: "};
  weir_bytes_append_cstr(out, words[d->severity]);
  weir_bytes_append_str(out, d->text);
  weir_bytes_append_cstr(out, "\n");
}
