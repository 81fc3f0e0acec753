/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* codegen.h - linked files in, generated files out. No I/O: whoever calls writes them. docs/generated-code.md says
 * what stands in them. */
#ifndef WEIR_CODEGEN_CODEGEN_H
#define WEIR_CODEGEN_CODEGEN_H

#include "schema/schema.h"

typedef struct weir_output {
  weir_str name; /* relative to the output folder */
  weir_str text;
} weir_output;

/** Start it zeroed, and use one for all files of a run: names that collide are found between all of them. */
typedef struct weir_outputs {
  weir_output *data;
  uint32_t len, cap;
  weir_map *claimed; /* names of files, and C names: internal */
} weir_outputs;

/**
 * Generates C for one file: x.weir.h and x.weir.c, and x_grpc.weir.h and x_grpc.weir.c if it has services.
 *
 * out      appended to; names and texts live in the schema's arena
 * Errors   WEIR_EINVALID: two generated names collide, the report says which; WEIR_ENOMEM: the schema may only be
 *          freed.
 */
weir_err weir_codegen_c(weir_schema *s, weir_def_file *file, weir_outputs *out);

#endif
