/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c.h - between the files of the C generator. */
#ifndef WEIR_CODEGEN_C_H
#define WEIR_CODEGEN_C_H

#include "codegen/codegen.h"
#include "codegen/emit.h"
#include "codegen/names.h"
#include "codegen/shape.h"

#define WEIR_C_MAX_LITERAL 4095 /* what C11 5.2.4.1 promises */

weir_str weir_c_header(weir_schema *s, weir_def_file *file);
weir_str weir_c_source(weir_schema *s, weir_def_file *file);
weir_str weir_c_service_header(weir_schema *s, weir_def_file *file);
weir_str weir_c_service_source(weir_schema *s, weir_def_file *file);

/** The helper functions of a message, and of an extension and its holder (c_helpers.c). */
void weir_c_helpers(weir_emitter *e, const weir_def_message *m);
void weir_c_extension_helpers(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x);

/** A declaration's comment (the one above it, else the one behind it), if it has one, as a doc comment; `indent` goes
 * before each line. */
void weir_c_doc(weir_emitter *e, const weir_doc *doc, const char *indent);
/** The first line, and the guard up to extern "C" if it is a header. */
void weir_c_begin(weir_emitter *e, const weir_def_file *file);
weir_str weir_c_finish(weir_emitter *e);

/** Calls fn for the messages among `list` and all within them, map entries left out: those within first if
 * `inner_first`. */
typedef void weir_c_message_fn(weir_emitter *e, const weir_def_message *m);
void weir_c_each_message(weir_emitter *e, const weir_def_file *file, bool inner_first, weir_c_message_fn *fn);
/** Calls fn for the extensions that the file declares, each with the message that holds its value: one field, `value`. */
typedef void weir_c_extension_fn(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x);
void weir_c_each_extension(weir_emitter *e, const weir_def_file *file, weir_c_extension_fn *fn);
typedef void weir_c_enum_fn(weir_emitter *e, const weir_def_enum *d);
void weir_c_each_enum(weir_emitter *e, const weir_def_file *file, weir_c_enum_fn *fn);

#endif
