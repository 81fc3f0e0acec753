/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* value.h - messages without generated code: the values of options. */
#ifndef WEIR_SCHEMA_VALUE_H
#define WEIR_SCHEMA_VALUE_H

#include "schema/schema.h"

weir_value *weir_value_new(weir_schema *s, weir_def_message *type);
/** Appends an entry; the caller fills it in. */
weir_value_entry *weir_value_add(weir_schema *s, weir_value *v, weir_def_field *field);
/** The first entry of a field, or NULL. */
weir_value_entry *weir_value_find(const weir_value *v, const weir_def_field *field);
/** The same by the field's name, extensions left out; v may be NULL. */
const weir_value_entry *weir_value_get(const weir_value *v, const char *name);

/** Sets a float or double entry. */
void weir_value_set_real(weir_value_entry *e, bool is_float, double value);

/** A field of a message by its name, or NULL. */
weir_def_field *weir_message_field(const weir_def_message *m, weir_str name);

/** Before a member of a oneof is set: takes the other members out of v. */
void weir_value_choose(weir_value *v, const weir_def_field *f);

/** Its values stay in the source: `retention = RETENTION_SOURCE`. */
bool weir_field_is_source_only(const weir_def_field *f);

/** Encodes v, fields sorted by number. strip: options that are for the source only are left out. */
void weir_value_encode(weir_schema *s, const weir_value *v, bool strip, weir_bytes *out);
/** One entry, with its tag; as if its field were not packed. */
void weir_value_encode_entry(weir_schema *s, const weir_value_entry *e, bool strip, weir_bytes *out);
/** True if that encodes to nothing. */
bool weir_value_is_empty(const weir_value *v, bool strip);

/** Names of required fields that are not set, in v and in the messages in it: "a, b.c[0].d"; empty if there are none. */
weir_str weir_value_missing(weir_schema *s, const weir_value *v);

/** Reads the text format into v, with names as seen from `file`. False: *error says why. */
bool weir_value_parse(weir_schema *s, weir_def_file *file, weir_str text, weir_value *v, weir_str *error);

#endif
