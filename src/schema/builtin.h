/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* builtin.h - the .proto files that are part of the binary; embed.cmake makes the table from wkt/. */
#ifndef WEIR_SCHEMA_BUILTIN_H
#define WEIR_SCHEMA_BUILTIN_H

#include <stddef.h>

typedef struct weir_builtin_file {
  const char *name;
  const unsigned char *data;
  size_t len;
} weir_builtin_file;

extern const weir_builtin_file weir_builtin_files[];
extern const size_t weir_builtin_count;

#endif
