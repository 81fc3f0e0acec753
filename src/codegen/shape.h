/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* shape.h - how a field is held in a C struct, and how it is encoded: what header and tables both must know. */
#ifndef WEIR_CODEGEN_SHAPE_H
#define WEIR_CODEGEN_SHAPE_H

#include "schema/feature.h"

/** The oneof whose union holds the field; NULL for none, also for that of a proto3 optional field. */
const weir_def_oneof *weir_field_oneof(const weir_def_field *f);
/** There is a `bool has_x`: explicit presence, and not a message. */
bool weir_field_has_flag(const weir_def_field *f);
/** There are get and set functions: fields with a flag, and members of oneofs. */
bool weir_field_has_accessors(const weir_def_field *f);

/** The JSON name if it does not follow from the field's name, else empty. */
weir_str weir_field_json_name(weir_schema *s, const weir_def_field *f);

/** Type of one value in C: "int32_t", "demo_Color", "demo_Note *" (then it ends in the asterisk). */
weir_str weir_field_c_type(weir_schema *s, const weir_def_field *f);
/** A value's type and a name behind it: "int32_t x", "demo_Note *x". */
weir_str weir_field_c_declare(weir_schema *s, const weir_def_field *f, const char *name);
/** Type of the whole repeated field: "weir_pb_strs", "demo_Note_vec". */
weir_str weir_field_c_vec(weir_schema *s, const weir_def_field *f);
/** "WEIR_PB_INT32". */
const char *weir_field_kind(const weir_def_field *f);

/** A map field's key and value. */
const weir_def_field *weir_map_key(const weir_def_field *f);
const weir_def_field *weir_map_value(const weir_def_field *f);

/** The default as a C expression: "5", "WEIR_STR(\"x\")", "demo_Color_RED", "NULL" for messages. */
weir_str weir_field_c_default(weir_schema *s, const weir_def_field *f);
/** The default's bits as they stand in a table, for numbers, bool and enums. */
uint64_t weir_field_default_bits(const weir_def_field *f);
/** The default's bytes, for string and bytes. */
weir_str weir_field_default_bytes(weir_schema *s, const weir_def_field *f);
/** Bytes as the inside of a C string literal: octal escapes for what is not plain, and for `?`. */
weir_str weir_c_literal(weir_schema *s, weir_str bytes);
/** An int32 as a C constant. */
weir_str weir_c_int32(weir_schema *s, int32_t value);

#endif
