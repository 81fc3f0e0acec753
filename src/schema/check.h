/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* check.h - rules that need types, options and features; protoc's texts, in its order. */
#ifndef WEIR_SCHEMA_CHECK_H
#define WEIR_SCHEMA_CHECK_H

#include "schema/link.h"

/** check_field.c */
void weir_check_field(weir_schema *s, const weir_def_field *f);
/** check_extension.c: an extension against the declarations of its extendee. */
void weir_check_extension(weir_schema *s, const weir_def_field *f);
/** check_extension.c: the extension ranges of a message. */
void weir_check_ranges(weir_schema *s, const weir_def_message *m);
/** lifetime.c: feature_support among the options of a field or an enum's value. */
void weir_check_feature_support(weir_schema *s, const weir_def *d);
/** check.c */
bool weir_check_is_lite(const weir_def_file *file);

/** The message whose field it is: of extensions, the extendee. */
static inline const weir_def_message *weir_check_parent(const weir_def_field *f) {
  return f->extendee ? f->extendee : (const weir_def_message *)(const void *)f->def.parent;
}

#endif
