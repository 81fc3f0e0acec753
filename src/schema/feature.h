/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* feature.h - what the resolved features of a linked file mean. Code generators ask here and not for the syntax: the answers
 * hold for proto2, proto3 and every edition. */
#ifndef WEIR_SCHEMA_FEATURE_H
#define WEIR_SCHEMA_FEATURE_H

#include "schema/schema.h"

static inline bool weir_enum_is_closed(const weir_def_enum *e) {
  return e->def.features->value[WEIR_ENUM_TYPE] == WEIR_ENUM_CLOSED;
}

/** Repeated, of a scalar type that a packed field may hold. */
static inline bool weir_field_is_packable(const weir_def_field *f) {
  return f->label == WEIR_LABEL_REPEATED && !f->message && f->type != WEIR_TYPE_STRING &&
         f->type != WEIR_TYPE_BYTES;
}

static inline bool weir_field_is_packed(const weir_def_field *f) {
  return weir_field_is_packable(f) &&
         f->def.features->value[WEIR_REPEATED_FIELD_ENCODING] == WEIR_REPEATED_PACKED;
}

/** Tells unset from zero. */
static inline bool weir_field_has_presence(const weir_def_field *f) {
  if (f->label == WEIR_LABEL_REPEATED) return false;
  return f->message || f->extendee || f->oneof ||
         f->def.features->value[WEIR_FIELD_PRESENCE] != WEIR_PRESENCE_IMPLICIT;
}

/** A string whose bytes are refused unless they are UTF-8. */
static inline bool weir_field_checks_utf8(const weir_def_field *f) {
  return f->type == WEIR_TYPE_STRING && f->def.features->value[WEIR_UTF8_VALIDATION] == WEIR_UTF8_VERIFY;
}

/** "2023" and so on, as errors name it. */
weir_str weir_edition_name(weir_schema *s, int32_t edition);

/** The given value of a feature at a declaration itself; 0: none is given. */
int weir_feature_given(const weir_def *d, weir_feature feature);

/** Value of WEIR_DEFAULT_SYMBOL_VISIBILITY, as its enum spells it. */
const char *weir_visibility_name(int value);

#endif
