/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* flags.h - command lines of the interop programs: --name=value, and nothing else. */
#ifndef INTEROP_FLAGS_H
#define INTEROP_FLAGS_H

#include <weir/base.h>

enum { FLAG_TEXT, FLAG_BOOL, FLAG_INT };

/** One flag. value: const char **, bool * or int64_t *, as `kind` says; holds the default before parsing. */
typedef struct flag {
  const char *name;
  int kind;
  void *value;
} flag;

/** Fills in the values; a flag that is not in the list, or a value that does not fit, ends the program with status 2 and
 * a line on stderr. --help prints the flags and ends it with 0. */
void flags_parse(const flag *flags, size_t n, int argc, char **argv);

/** The whole file that flag --name gives, in the arena; ends the program with status 2 if that is not possible. */
weir_str flags_read_file(const char *name, const char *path, weir_arena *a);

#endif
