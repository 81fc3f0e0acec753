/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* retention.h - which locations go when options that are for the source only are taken out. */
#ifndef WEIR_SCHEMA_RETENTION_H
#define WEIR_SCHEMA_RETENTION_H

#include "schema/schema.h"

typedef struct weir_stripped_path {
  const int32_t *path;
  uint32_t len;
} weir_stripped_path;

/** Paths of what is taken out of a file's descriptor, sorted. */
typedef struct weir_stripped {
  WEIR_LIST(weir_stripped_path) paths;
} weir_stripped;

void weir_stripped_find(weir_schema *s, weir_def_file *file, weir_stripped *out);
/** True if the location is of something that is taken out, or that lies in it. */
bool weir_stripped_has(const weir_stripped *stripped, const weir_location *l);

#endif
