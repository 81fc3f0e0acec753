/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* text.h - values as text, spelled as protoc spells them in descriptors. */
#ifndef WEIR_SCHEMA_TEXT_H
#define WEIR_SCHEMA_TEXT_H

#include "schema/schema.h"

/** The shortest of 15 or 17 digits that reads back the same; "inf", "-inf", "nan". */
weir_str weir_text_of_double(weir_schema *s, double value);
/** The same with 6 or 9 digits. */
weir_str weir_text_of_float(weir_schema *s, float value);
/** Escapes what is not printable ASCII, as C does, in octal. */
weir_str weir_text_escape(weir_schema *s, weir_str bytes);
/** "foo_bar" as "fooBar". */
weir_str weir_text_json_name(weir_schema *s, weir_str name);

#endif
