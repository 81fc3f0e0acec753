/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/report.h"

static void print_text(const weir_diagnostic *d, weir_bytes *out) {
  static const char *const words[] = {": ", ": warning: ", ": note: "};
  weir_bytes_append_cstr(out, words[d->severity]);
  weir_bytes_append_str(out, d->text);
  weir_bytes_append_cstr(out, "\n");
}

void weir_diagnostic_print(const weir_diagnostic *d, weir_bytes *out) {
  weir_bytes_append_str(out, d->path);
  if (d->pos.line >= 0) weir_bytes_printf(out, ":%d:%d", (int)d->pos.line + 1, (int)d->pos.col + 1);
  print_text(d, out);
}

void weir_diagnostic_print_msvs(const weir_diagnostic *d, weir_bytes *out) {
  static const char *const words[] = {"error", "warning", "note"};
  weir_bytes_append_str(out, d->path);
  if (d->pos.line >= 0)
    weir_bytes_printf(out, "(%d) : %s in column=%d", (int)d->pos.line + 1, words[d->severity],
                      (int)d->pos.col + 1);
  print_text(d, out);
}
