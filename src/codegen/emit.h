/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* emit.h - writes text by whole blocks with named holes: weir_emit(e, "extern const weir_pb_type $M$_type;\n"). A
 * generator then looks like what it generates. */
#ifndef WEIR_CODEGEN_EMIT_H
#define WEIR_CODEGEN_EMIT_H

#include "base/bytes.h"
#include "schema/schema.h"

#define WEIR_EMIT_MAX_VARS 32

typedef struct weir_emit_var {
  const char *name;
  weir_str value;
} weir_emit_var;

typedef struct weir_emitter {
  weir_schema *schema; /* whose arena holds the text */
  weir_bytes out;
  weir_emit_var vars[WEIR_EMIT_MAX_VARS];
  int n_vars;
} weir_emitter;

weir_emitter weir_emitter_in(weir_schema *s);

/** Sets what $name$ stands for from here on. Both are borrowed. */
void weir_emit_set(weir_emitter *e, const char *name, weir_str value);
/** Sets it to a number. */
void weir_emit_set_int(weir_emitter *e, const char *name, int64_t value);

/** Appends the template. `$$` is a dollar; a hole without a value is a bug. */
void weir_emit(weir_emitter *e, const char *template);
void weir_emit_str(weir_emitter *e, weir_str text);

#endif
