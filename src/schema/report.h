/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* report.h - positions in a source file, and the list of what is wrong with it. Passes add to the report and
 * go on, so that one run shows every mistake. */
#ifndef WEIR_SCHEMA_REPORT_H
#define WEIR_SCHEMA_REPORT_H

#include "base/bytes.h"

/** Line and column, both from 0; columns count bytes, a tab goes to the next multiple of 8 (as protoc counts).
 * line -1: no position is known, or none makes sense. */
typedef struct weir_pos {
  int32_t line, col;
} weir_pos;

#define WEIR_NO_POS ((weir_pos){-1, 0})

typedef enum weir_severity { WEIR_SEVERITY_ERROR, WEIR_SEVERITY_WARNING, WEIR_SEVERITY_NOTE } weir_severity;

/** Another place that has to do with a mistake ("a" is already defined: where), or, without a path, advice. */
typedef struct weir_related {
  weir_str path, source;
  weir_pos pos;
  weir_str text;
} weir_related;

typedef struct weir_diagnostic {
  weir_severity severity;
  weir_str path; /* as the user knows the file: where it lies on disk, when it does */
  weir_pos pos;
  weir_str text;
  weir_str source; /* of the whole file; empty if it is not known, or no text */
  weir_related *related;
  uint32_t n_related;
} weir_diagnostic;

typedef struct weir_report {
  weir_diagnostic *data; /* in the order of discovery */
  uint32_t len, cap;
  uint32_t errors; /* of data, those that are errors */
} weir_report;

/** Appends `path:line:col: [warning: |note: ]text` and a newline, with line and column from 1, or `path: text`
 * where there is no position. */
void weir_diagnostic_print(const weir_diagnostic *d, weir_bytes *out);
/** The same as Visual Studio reads it: `path(line) : error in column=col: text`. */
void weir_diagnostic_print_msvs(const weir_diagnostic *d, weir_bytes *out);
/** Where weir_diagnostic_print_pretty was in a source: begin with zeroes. */
typedef struct weir_line_cursor {
  const char *source;
  int32_t line;
  const char *at;
} weir_line_cursor;

typedef struct weir_pretty {
  bool colour; /* with the escapes of ISO 6429 */
  weir_line_cursor main, related;
} weir_pretty;

/** For people: also shows the line with the place marked in it, related places, and advice. */
void weir_diagnostic_print_pretty(const weir_diagnostic *d, weir_pretty *p, weir_bytes *out);

#endif
