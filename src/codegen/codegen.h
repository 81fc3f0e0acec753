/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* codegen.h - linked files in, generated files out. No I/O: whoever calls writes them. docs/generated-code.md says
 * what stands in them. */
#ifndef WEIR_CODEGEN_CODEGEN_H
#define WEIR_CODEGEN_CODEGEN_H

#include "schema/schema.h"

typedef struct weir_output {
  weir_str name; /* relative to the output folder */
  weir_str text;
  bool keep; /* a file that is there already stays as it is */
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

/**
 * Generates Python for one file: x_pb2.py, x_pb2.pyi, x_pb2_grpc.py. docs/weirc.md lists the options.
 *
 * parameter  options, joined by commas; must live as long as the schema
 * out        appended to; names and texts live in the schema's arena
 * Errors     WEIR_EINVALID: *error says what is wrong with the options; WEIR_ENOMEM: the schema may only be freed.
 */
typedef weir_err weir_codegen_fn(weir_schema *s, weir_def_file *file, weir_str parameter, weir_outputs *out,
                                 weir_str *error);
weir_codegen_fn weir_codegen_python, weir_codegen_pyi, weir_codegen_grpc_python;

#endif
