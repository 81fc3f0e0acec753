/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/shape.h"

#include "codegen/names.h"
#include "schema/text.h"
#include "schema/token.h"
#include "schema/value.h"

#include <math.h>

/* By weir_type. */
static const struct {
  const char *c_type, *vec, *kind;
} shapes[] = {
    [WEIR_TYPE_DOUBLE] = {"double", "weir_pb_f64s", "WEIR_PB_DOUBLE"},
    [WEIR_TYPE_FLOAT] = {"float", "weir_pb_f32s", "WEIR_PB_FLOAT"},
    [WEIR_TYPE_INT64] = {"int64_t", "weir_pb_i64s", "WEIR_PB_INT64"},
    [WEIR_TYPE_UINT64] = {"uint64_t", "weir_pb_u64s", "WEIR_PB_UINT64"},
    [WEIR_TYPE_INT32] = {"int32_t", "weir_pb_i32s", "WEIR_PB_INT32"},
    [WEIR_TYPE_FIXED64] = {"uint64_t", "weir_pb_u64s", "WEIR_PB_FIXED64"},
    [WEIR_TYPE_FIXED32] = {"uint32_t", "weir_pb_u32s", "WEIR_PB_FIXED32"},
    [WEIR_TYPE_BOOL] = {"bool", "weir_pb_bools", "WEIR_PB_BOOL"},
    [WEIR_TYPE_STRING] = {"weir_str", "weir_pb_strs", "WEIR_PB_STRING"},
    [WEIR_TYPE_GROUP] = {NULL, NULL, "WEIR_PB_GROUP"},
    [WEIR_TYPE_MESSAGE] = {NULL, NULL, "WEIR_PB_MESSAGE"},
    [WEIR_TYPE_BYTES] = {"weir_str", "weir_pb_strs", "WEIR_PB_BYTES"},
    [WEIR_TYPE_UINT32] = {"uint32_t", "weir_pb_u32s", "WEIR_PB_UINT32"},
    [WEIR_TYPE_ENUM] = {NULL, "weir_pb_i32s", "WEIR_PB_ENUM"},
    [WEIR_TYPE_SFIXED32] = {"int32_t", "weir_pb_i32s", "WEIR_PB_SFIXED32"},
    [WEIR_TYPE_SFIXED64] = {"int64_t", "weir_pb_i64s", "WEIR_PB_SFIXED64"},
    [WEIR_TYPE_SINT32] = {"int32_t", "weir_pb_i32s", "WEIR_PB_SINT32"},
    [WEIR_TYPE_SINT64] = {"int64_t", "weir_pb_i64s", "WEIR_PB_SINT64"},
};

const weir_def_oneof *weir_field_oneof(const weir_def_field *f) {
  return f->oneof && !f->oneof->is_synthetic ? f->oneof : NULL;
}

bool weir_field_has_flag(const weir_def_field *f) {
  if (f->label == WEIR_LABEL_REPEATED || f->message || weir_field_oneof(f)) return false;
  if (((const weir_def_message *)(const void *)f->def.parent)->is_map_entry) return false;
  return weir_field_has_presence(f);
}

bool weir_field_has_accessors(const weir_def_field *f) {
  return weir_field_has_flag(f) || weir_field_oneof(f);
}

weir_str weir_field_json_name(weir_schema *s, const weir_def_field *f) {
  weir_str none = {NULL, 0};
  return weir_str_eq(f->json_name, weir_text_json_name(s, f->def.name)) ? none : f->json_name;
}

weir_str weir_field_c_type(weir_schema *s, const weir_def_field *f) {
  if (f->message) return weir_schema_printf(s, WEIR_FMT " *", WEIR_ARG(weir_name_of(s, &f->message->def)));
  if (f->enumeration) return weir_name_of(s, &f->enumeration->def);
  return weir_str_of(shapes[f->type].c_type);
}

weir_str weir_field_c_declare(weir_schema *s, const weir_def_field *f, const char *name) {
  return weir_schema_printf(s, WEIR_FMT "%s%s", WEIR_ARG(weir_field_c_type(s, f)), f->message ? "" : " ",
                            name);
}

weir_str weir_field_c_vec(weir_schema *s, const weir_def_field *f) {
  if (f->message) return weir_schema_printf(s, WEIR_FMT "_vec", WEIR_ARG(weir_name_of(s, &f->message->def)));
  return weir_str_of(shapes[f->type].vec);
}

const char *weir_field_kind(const weir_def_field *f) { return shapes[f->type].kind; }

const weir_def_field *weir_map_key(const weir_def_field *f) { return f->message->fields.data[0]; }
const weir_def_field *weir_map_value(const weir_def_field *f) { return f->message->fields.data[1]; }

/* ---- literals ------------------------------------------------------------------------------------------ */

weir_str weir_c_literal(weir_schema *s, weir_str bytes) {
  char *out = weir_schema_alloc(s, bytes.len * 4 + 1), *p = out;
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned char c = (unsigned char)bytes.data[i];
    if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '?') {
      *p++ = (char)c;
      continue;
    }
    *p++ = '\\';
    *p++ = (char)('0' + (c >> 6));
    *p++ = (char)('0' + (c >> 3 & 7));
    *p++ = (char)('0' + (c & 7));
  }
  return (weir_str){out, (size_t)(p - out)};
}

weir_str weir_c_int32(weir_schema *s, int32_t value) {
  return value == INT32_MIN ? WEIR_STR("(-2147483647 - 1)") : weir_schema_printf(s, "%d", (int)value);
}

static weir_str c_int64(weir_schema *s, int64_t value) {
  if (value == INT64_MIN) return WEIR_STR("(-INT64_C(9223372036854775807) - 1)");
  return weir_schema_printf(s, value < 0 ? "-INT64_C(%llu)" : "INT64_C(%llu)",
                            (unsigned long long)(value < 0 ? -value : value));
}

static weir_str c_real(weir_schema *s, double value, bool is_float) {
  if (isnan(value)) return is_float ? WEIR_STR("NAN") : WEIR_STR("(double)NAN");
  if (isinf(value)) {
    if (is_float) return value < 0 ? WEIR_STR("-INFINITY") : WEIR_STR("INFINITY");
    return value < 0 ? WEIR_STR("-(double)INFINITY") : WEIR_STR("(double)INFINITY");
  }
  weir_str text = weir_schema_printf(s, is_float ? "%.9g" : "%.17g", value);
  const char *point = memchr(text.data, '.', text.len) || memchr(text.data, 'e', text.len) ? "" : ".0";
  return weir_schema_printf(s, WEIR_FMT "%s%s", WEIR_ARG(text), point, is_float ? "f" : "");
}

static double default_real(const weir_def_field *f) {
  return f->has_default ? strtod(f->default_text.data, NULL) : 0;
}

uint64_t weir_field_default_bits(const weir_def_field *f) {
  if (f->enumeration) {
    const weir_def_value *v = f->has_default ? f->default_value : f->enumeration->values.data[0];
    return (uint64_t)(int64_t)v->number;
  }
  uint64_t bits = 0;
  if (f->type == WEIR_TYPE_DOUBLE) {
    double d = default_real(f);
    memcpy(&bits, &d, sizeof d);
  } else if (f->type == WEIR_TYPE_FLOAT) {
    float r = (float)default_real(f);
    uint32_t low;
    memcpy(&low, &r, sizeof r);
    bits = low;
  } else if (!f->has_default) {
  } else if (f->type == WEIR_TYPE_BOOL) {
    bits = weir_str_eq(f->default_text, WEIR_STR("true"));
  } else if (f->default_text.data[0] == '-') {
    bits = (uint64_t)strtoll(f->default_text.data, NULL, 10);
  } else {
    bits = strtoull(f->default_text.data, NULL, 10);
  }
  return bits;
}

/* Bytes stand in the descriptor with escapes. */
weir_str weir_field_default_bytes(weir_schema *s, const weir_def_field *f) {
  if (!f->has_default) return WEIR_STR("");
  if (f->type == WEIR_TYPE_STRING) return f->default_text;
  weir_str quoted = weir_schema_printf(s, "\"" WEIR_FMT "\"", WEIR_ARG(f->default_text));
  char *out = weir_schema_alloc(s, quoted.len);
  return (weir_str){out, weir_literal_unescape(quoted, out)};
}

static weir_str c_enum_default(weir_schema *s, const weir_def_field *f) {
  return weir_name_of_value(s, f->has_default ? f->default_value : f->enumeration->values.data[0]);
}

weir_str weir_field_c_default(weir_schema *s, const weir_def_field *f) {
  if (f->message) return WEIR_STR("NULL");
  if (f->enumeration) return c_enum_default(s, f);
  uint64_t bits = weir_field_default_bits(f);
  switch (f->type) {
  case WEIR_TYPE_STRING:
  case WEIR_TYPE_BYTES:
    return weir_schema_printf(s, "WEIR_STR(\"" WEIR_FMT "\")",
                              WEIR_ARG(weir_c_literal(s, weir_field_default_bytes(s, f))));
  case WEIR_TYPE_BOOL: return bits ? WEIR_STR("true") : WEIR_STR("false");
  case WEIR_TYPE_DOUBLE: return bits ? c_real(s, default_real(f), false) : WEIR_STR("0");
  case WEIR_TYPE_FLOAT: return bits ? c_real(s, (float)default_real(f), true) : WEIR_STR("0");
  case WEIR_TYPE_UINT32:
  case WEIR_TYPE_FIXED32: return bits ? weir_schema_printf(s, "UINT32_C(%u)", (unsigned)bits) : WEIR_STR("0");
  case WEIR_TYPE_UINT64:
  case WEIR_TYPE_FIXED64:
    return bits ? weir_schema_printf(s, "UINT64_C(%llu)", (unsigned long long)bits) : WEIR_STR("0");
  case WEIR_TYPE_INT64:
  case WEIR_TYPE_SINT64:
  case WEIR_TYPE_SFIXED64: return bits ? c_int64(s, (int64_t)bits) : WEIR_STR("0");
  default: return weir_c_int32(s, (int32_t)(int64_t)bits);
  }
}
