/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/feature.h"

/* Numbers of descriptor.proto's Edition. */
enum { EDITION_PROTO2 = 998, EDITION_PROTO3 = 999, EDITION_2023 = 1000, EDITION_NEWEST = 1001 };

static const struct {
  int32_t first; /* edition, and those behind it up to the next row */
  pb_features f;
} defaults[] = {
    /*                presence     enums           repeated     UTF-8           messages */
    {0, {PB_EXPLICIT, PB_ENUM_CLOSED, PB_EXPANDED, PB_UTF8_NONE, PB_LENGTH_PREFIXED}},
    {EDITION_PROTO3, {PB_IMPLICIT, PB_ENUM_OPEN, PB_PACKED, PB_UTF8_VERIFY, PB_LENGTH_PREFIXED}},
    {EDITION_2023, {PB_EXPLICIT, PB_ENUM_OPEN, PB_PACKED, PB_UTF8_VERIFY, PB_LENGTH_PREFIXED}},
};

static int32_t edition_of(const weir_pb_desc_File *file) {
  if (!file->syntax.len || weir_str_eq(file->syntax, WEIR_STR("proto2"))) return EDITION_PROTO2;
  if (weir_str_eq(file->syntax, WEIR_STR("proto3"))) return EDITION_PROTO3;
  return weir_str_eq(file->syntax, WEIR_STR("editions")) ? file->edition : -1;
}

bool pb_features_of_file(const weir_pb_desc_File *file, pb_features *f) {
  int32_t edition = edition_of(file);
  if (edition < EDITION_PROTO2 || edition > EDITION_NEWEST) return false;
  for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
    if (edition >= defaults[i].first) *f = defaults[i].f;
  *f = pb_features_with(f, file->options ? file->options->features : NULL);
  return true;
}

pb_features pb_features_with(const pb_features *outer, const weir_pb_desc_Features *given) {
  pb_features f = *outer;
  if (!given) return f;
  if (given->field_presence) f.field_presence = given->field_presence;
  if (given->enum_type) f.enum_type = given->enum_type;
  if (given->repeated_field_encoding) f.repeated_encoding = given->repeated_field_encoding;
  if (given->utf8_validation) f.utf8_validation = given->utf8_validation;
  if (given->message_encoding) f.message_encoding = given->message_encoding;
  return f;
}
