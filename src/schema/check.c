/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/check.h"

#include "schema/feature.h"
#include "schema/text.h"
#include "schema/value.h"
#include "schema/walk.h"

#include <errno.h>

static void check_error(weir_schema *s, const weir_def *d, weir_pos pos, const char *text) {
  weir_schema_error(s, d->file, pos, "%s", text);
}

static bool is_set(const weir_def *d, const char *option) {
  const weir_value_entry *e = weir_value_get(d->options.value, option);
  return e && e->bits;
}

#define LITE_RUNTIME 3 /* descriptor.proto, FileOptions.OptimizeMode */

bool weir_check_is_lite(const weir_def_file *file) {
  const weir_value_entry *e = weir_value_get(file->def.options.value, "optimize_for");
  return e && e->bits == LITE_RUNTIME;
}

/* ---- JSON names ---------------------------------------------------------------------------------------- */

typedef struct json_entry {
  const weir_def_field *field;
  bool is_custom;
} json_entry;

static void report_json_conflict(weir_schema *s, const weir_def_field *f, bool custom, weir_str name,
                                 const json_entry *other) {
  weir_str text =
      weir_schema_printf(s,
                         "The %s JSON name of field \"" WEIR_FMT "\" (\"" WEIR_FMT
                         "\") conflicts with the %s JSON name of field \"" WEIR_FMT "\".",
                         custom ? "custom" : "default", WEIR_ARG(f->def.name), WEIR_ARG(name),
                         other->is_custom ? "custom" : "default", WEIR_ARG(other->field->def.name));
  if (f->def.parent->features->value[WEIR_JSON_FORMAT] == WEIR_JSON_LEGACY_BEST_EFFORT &&
      (!custom || !other->is_custom))
    weir_schema_warning(s, f->def.file, f->def.name_pos, WEIR_FMT, WEIR_ARG(text));
  else
    weir_schema_error(s, f->def.file, f->def.name_pos, WEIR_FMT, WEIR_ARG(text));
}

/* First the derived names among themselves, then with the given ones. */
static void check_json_names(weir_schema *s, const weir_def_message *m, bool use_custom) {
  weir_map seen;
  weir_map_init(&seen, s->mem, 0);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    weir_str name = weir_text_json_name(s, f->def.name);
    bool custom = use_custom && f->has_json_name && !weir_str_eq(name, f->json_name);
    if (custom) name = f->json_name;
    if (custom && name.len && name.data[0] == '[' && name.data[name.len - 1] == ']') {
      weir_schema_error(s, f->def.file, f->def.name_pos,
                        "The custom JSON name of field \"" WEIR_FMT "\" (\"" WEIR_FMT
                        "\") is invalid: JSON names may not start with '[' and end with ']'.",
                        WEIR_ARG(f->def.name), WEIR_ARG(name));
      continue;
    }
    json_entry *other = weir_map_get(&seen, name.data ? name : WEIR_STR(""));
    if (!other) {
      json_entry *e = weir_schema_alloc(s, sizeof *e);
      *e = (json_entry){f, custom};
      weir_schema_put(s, &seen, name.data ? name : WEIR_STR(""), e);
    } else if (!use_custom || custom || other->is_custom) {
      report_json_conflict(s, f, custom, name, other);
    }
  }
}

/* ---- enums --------------------------------------------------------------------------------------------- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }
static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* Takes the enum's name, without case and underscores, off the front of a value's. */
static weir_str without_prefix(weir_str name, weir_str prefix) {
  size_t i = 0, k = 0;
  for (; i < name.len && k < prefix.len; i++) {
    while (k < prefix.len && prefix.data[k] == '_') k++;
    if (name.data[i] == '_') continue;
    if (k == prefix.len) break;
    if (lower(name.data[i]) != lower(prefix.data[k++])) return name;
  }
  while (k < prefix.len && prefix.data[k] == '_') k++;
  if (k < prefix.len) return name;
  while (i < name.len && name.data[i] == '_') i++;
  return i == name.len ? name : (weir_str){name.data + i, name.len - i};
}

static weir_str pascal_case(weir_schema *s, weir_str name) {
  char *out = weir_schema_alloc(s, name.len + 1);
  size_t len = 0;
  bool next_upper = true;
  for (size_t i = 0; i < name.len; i++) {
    if (name.data[i] == '_') {
      next_upper = true;
    } else {
      out[len++] = next_upper ? upper(name.data[i]) : lower(name.data[i]);
      next_upper = false;
    }
  }
  return (weir_str){out, len};
}

static void check_value_names(weir_schema *s, const weir_def_enum *e) {
  weir_map seen;
  weir_map_init(&seen, s->mem, 0);
  bool lenient =
      is_set(&e->def, "deprecated_legacy_json_field_conflicts") && e->def.file->syntax == WEIR_PROTO2;
  for (uint32_t i = 0; i < e->values.len; i++) {
    weir_def_value *v = e->values.data[i];
    weir_str key = pascal_case(s, without_prefix(v->def.name, e->def.name));
    const weir_def_value *other = weir_map_get(&seen, key);
    if (!other) {
      weir_schema_put(s, &seen, key, v);
    } else if (!weir_str_eq(other->def.name, v->def.name) && other->number != v->number) {
      weir_str text = weir_schema_printf(s,
                                         "Enum name " WEIR_FMT " has the same name as " WEIR_FMT
                                         " if you ignore case and strip out the enum name prefix (if any). "
                                         "(If you are using allow_alias, please "
                                         "assign the same number to each enum value name.)",
                                         WEIR_ARG(v->def.name), WEIR_ARG(other->def.name));
      if (lenient)
        weir_schema_warning(s, v->def.file, v->def.name_pos, WEIR_FMT, WEIR_ARG(text));
      else
        weir_schema_error(s, v->def.file, v->def.name_pos, WEIR_FMT, WEIR_ARG(text));
    }
  }
}

static weir_str number_key(const weir_def_value *v) {
  return (weir_str){(const char *)&v->number, sizeof v->number};
}

static void report_alias(weir_schema *s, const weir_def_value *v, const weir_def_value *other,
                         const weir_map *numbers) {
  int64_t next = (int64_t)v->number + 1;
  for (int32_t n = (int32_t)next; next <= INT32_MAX; n = (int32_t)++next)
    if (!weir_map_get(numbers, (weir_str){(const char *)&n, sizeof n})) break;
  weir_str hint = next < INT32_MAX
                      ? weir_schema_printf(s, " The next available enum value is %lld.", (long long)next)
                      : WEIR_STR("");
  weir_schema_error(
      s, v->def.file, v->number_pos,
      "\"" WEIR_FMT "\" uses the same enum value as \"" WEIR_FMT
      "\". If this is intended, set 'option allow_alias = true;' to the enum definition." WEIR_FMT,
      WEIR_ARG(v->def.full_name), WEIR_ARG(other->def.full_name), WEIR_ARG(hint));
}

static void check_aliases(weir_schema *s, const weir_def_enum *e) {
  if (is_set(&e->def, "allow_alias")) return;
  weir_map numbers, first;
  weir_map_init(&numbers, s->mem, 0);
  weir_map_init(&first, s->mem, 0);
  for (uint32_t i = 0; i < e->values.len; i++)
    weir_schema_put(s, &numbers, number_key(e->values.data[i]), e->values.data[i]);
  for (uint32_t i = 0; i < e->values.len; i++) {
    weir_def_value *v = e->values.data[i];
    const weir_def_value *other = weir_map_get(&first, number_key(v));
    if (other)
      report_alias(s, v, other, &numbers);
    else
      weir_schema_put(s, &first, number_key(v), v);
  }
}

#define JSON_STRING_OPTION "pb.enumvalue.json"

/* What the value is called in JSON by an option of its own; data NULL: nothing. */
static weir_str custom_string(const weir_def_value *v) {
  const weir_value *options = v->def.options.value;
  for (uint32_t i = 0; options && i < options->entries.len; i++) {
    const weir_value_entry *e = &options->entries.data[i];
    if (!e->field->extendee || !weir_str_eq(e->field->def.full_name, WEIR_STR(JSON_STRING_OPTION))) continue;
    const weir_value_entry *string = weir_value_get(e->message, "string");
    return string && string->text.data ? string->text : WEIR_STR("");
  }
  return (weir_str){NULL, 0};
}

static weir_str quoted(weir_schema *s, weir_str text) {
  return text.data ? weir_schema_printf(s, "\"" WEIR_FMT "\"", WEIR_ARG(text)) : WEIR_STR("unset");
}

static void check_alias_string(weir_schema *s, const weir_def_value *v, const weir_def_value *first) {
  weir_str own = custom_string(v), other = custom_string(first);
  if (own.data ? other.data && weir_str_eq(own, other) : !other.data) return;
  weir_schema_error(s, v->def.file, v->def.name_pos,
                    "Alias values for number %d must have the same custom JSON string. \"" WEIR_FMT
                    "\" has " WEIR_FMT " but primary alias \"" WEIR_FMT "\" has " WEIR_FMT ".",
                    (int)v->number, WEIR_ARG(v->def.name), WEIR_ARG(quoted(s, own)),
                    WEIR_ARG(first->def.name), WEIR_ARG(quoted(s, other)));
}

static void claim_string(weir_schema *s, weir_map *seen, weir_def_value *v, weir_str name, bool is_custom) {
  const weir_def_value *other = weir_map_get(seen, name);
  if (!other) {
    weir_schema_put(s, seen, name, v);
  } else if (other != v && other->number != v->number) {
    weir_schema_error(s, v->def.file, v->def.name_pos,
                      "%s JSON string \"" WEIR_FMT "\" conflicts with %s JSON string of \"" WEIR_FMT "\".",
                      is_custom ? "Custom" : "Default", WEIR_ARG(name),
                      weir_str_eq(other->def.name, name) ? "default" : "custom", WEIR_ARG(other->def.name));
  }
}

static void check_custom_strings(weir_schema *s, const weir_def_enum *e) {
  bool aliases = is_set(&e->def, "allow_alias"), any = false;
  for (uint32_t i = 0; i < e->values.len; i++) any = any || custom_string(e->values.data[i]).data;
  if (!any) return;
  weir_map names, numbers;
  weir_map_init(&names, s->mem, 0);
  weir_map_init(&numbers, s->mem, 0);
  for (uint32_t i = 0; i < e->values.len; i++) {
    weir_def_value *v = e->values.data[i];
    const weir_def_value *first = weir_map_get(&numbers, number_key(v));
    if (aliases && first) check_alias_string(s, v, first);
    if (!first) weir_schema_put(s, &numbers, number_key(v), v);
    claim_string(s, &names, v, v->def.name, false);
    if (custom_string(v).data) claim_string(s, &names, v, custom_string(v), true);
  }
}

/* A string that reads as a number must be the value's own. */
static bool is_other_number(weir_schema *s, weir_str text, int32_t number, int32_t *out) {
  char *end;
  const char *copy = weir_schema_dup(s, text).data;
  errno = 0;
  long value = strtol(copy, &end, 10);
  if (!text.len || *end || errno || value < INT32_MIN || value > INT32_MAX) return false;
  *out = (int32_t)value;
  return *out != number;
}

static void check_value(weir_schema *s, const weir_def_value *v) {
  weir_check_feature_support(s, &v->def);
  weir_str custom = custom_string(v);
  int32_t number;
  if (!custom.data) return;
  if (memchr(custom.data, 0, custom.len))
    check_error(s, &v->def, v->def.name_pos, "Custom JSON strings cannot contain embedded null characters.");
  if (is_other_number(s, custom, v->number, &number))
    weir_schema_error(s, v->def.file, v->def.name_pos,
                      "Custom JSON string \"" WEIR_FMT
                      "\" parses as integer %d, which does not match the enum value's number %d.",
                      WEIR_ARG(custom), (int)number, (int)v->number);
}

static void check_enum(weir_schema *s, const weir_def_enum *e) {
  check_value_names(s, e);
  check_custom_strings(s, e);
  if (!weir_enum_is_closed(e) && e->values.data[0]->number != 0) {
    check_error(s, &e->def, e->values.data[0]->number_pos,
                "The first enum value must be zero for open enums.");
    weir_schema_advise(
        s, "it is what a field has that was not set: put a value such as \"UNSPECIFIED = 0\" first.");
  }
  check_aliases(s, e);
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static void check_message(weir_schema *s, const weir_def_message *m) {
  if (!is_set(&m->def, "deprecated_legacy_json_field_conflicts")) {
    check_json_names(s, m, false);
    check_json_names(s, m, true);
  }
  weir_check_ranges(s, m);
}

/* ---- proto3 -------------------------------------------------------------------------------------------- */

static bool extends_options(const weir_def_field *f) {
  static const char *const names[] = {"File",    "Message", "Field", "Enum",           "EnumValue",
                                      "Service", "Method",  "Oneof", "ExtensionRange", "Stream"};
  weir_str name = f->extendee->def.full_name;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char full[64];
    snprintf(full, sizeof full, "google.protobuf.%sOptions", names[i]);
    if (weir_str_eq(name, weir_str_of(full))) return true;
  }
  return false;
}

static void check_proto3_field(weir_schema *s, const weir_def_field *f) {
  if (f->extendee && !extends_options(f))
    check_error(s, &f->def, f->extendee_pos, "Extensions in proto3 are only allowed for defining options.");
  if (f->label == WEIR_LABEL_REQUIRED)
    check_error(s, &f->def, f->type_pos, "Required fields are not allowed in proto3.");
  if (f->has_default)
    check_error(s, &f->def, f->default_pos, "Explicit default values are not allowed in proto3.");
  if (f->enumeration && weir_enum_is_closed(f->enumeration))
    weir_schema_error(s, f->def.file, f->type_pos,
                      "Enum type \"" WEIR_FMT "\" is not an open enum, but is used in \"" WEIR_FMT
                      "\" which is a proto3 message type.",
                      WEIR_ARG(f->enumeration->def.full_name), WEIR_ARG(weir_check_parent(f)->def.full_name));
  if (f->type == WEIR_TYPE_GROUP)
    check_error(s, &f->def, f->type_pos, "Groups are not supported in proto3 syntax.");
}

static void check_proto3_message(weir_schema *s, const weir_def_message *m) {
  for (uint32_t i = 0; i < m->messages.len; i++) check_proto3_message(s, m->messages.data[i]);
  for (uint32_t i = 0; i < m->fields.len; i++) check_proto3_field(s, m->fields.data[i]);
  for (uint32_t i = 0; i < m->extensions.len; i++) check_proto3_field(s, m->extensions.data[i]);
  if (m->extension_ranges.len)
    check_error(s, &m->def, m->extension_ranges.data[0].def.name_pos,
                "Extension ranges are not allowed in proto3.");
  if (is_set(&m->def, "message_set_wire_format"))
    check_error(s, &m->def, m->def.name_pos, "MessageSet is not supported in proto3.");
}

static void check_proto3(weir_schema *s, const weir_def_file *file) {
  for (uint32_t i = 0; i < file->extensions.len; i++) check_proto3_field(s, file->extensions.data[i]);
  for (uint32_t i = 0; i < file->messages.len; i++) check_proto3_message(s, file->messages.data[i]);
}

/* ---- files --------------------------------------------------------------------------------------------- */

static void check_lite_imports(weir_schema *s, const weir_def_file *file) {
  if (weir_check_is_lite(file)) return;
  for (uint32_t i = 0; i < file->imports.len; i++) {
    if (!weir_check_is_lite(file->imports.data[i].file)) continue;
    weir_schema_error(
        s, file, file->imports.data[i].pos,
        "Files that do not use optimize_for = LITE_RUNTIME cannot import files which do use this option.  "
        "This file is not lite, but it imports \"" WEIR_FMT "\" which is.",
        WEIR_ARG(file->imports.data[i].name));
    return;
  }
}

static void check_file(weir_schema *s, const weir_def_file *file) {
  bool editions = file->syntax == WEIR_EDITIONS;
  if (editions && file->def.features->value[WEIR_FIELD_PRESENCE] == WEIR_PRESENCE_LEGACY_REQUIRED)
    weir_schema_error(s, file, file->syntax_pos, "Required presence can't be specified by default.");
  if (editions && is_set(&file->def, "java_string_check_utf8"))
    weir_schema_error(s, file, file->syntax_pos,
                      "File option java_string_check_utf8 is not allowed under editions. Use the "
                      "(pb.java).utf8_validation feature to control this behavior.");
  check_lite_imports(s, file);
  if (file->syntax == WEIR_PROTO3) check_proto3(s, file);
}

static void check_service(weir_schema *s, const weir_def *service) {
  const weir_def *file = &service->file->def;
  if (weir_check_is_lite(service->file) &&
      (is_set(file, "cc_generic_services") || is_set(file, "java_generic_services")))
    check_error(s, service, service->name_pos,
                "Files with optimize_for = LITE_RUNTIME cannot define services unless you set both options "
                "cc_generic_services and java_generic_services to false.");
}

static void check_def(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  switch (d->kind) {
  case WEIR_DEF_FILE: check_file(s, d->file); return;
  case WEIR_DEF_MESSAGE: check_message(s, (weir_def_message *)(void *)d); return;
  case WEIR_DEF_FIELD: weir_check_field(s, (weir_def_field *)(void *)d); return;
  case WEIR_DEF_ENUM: check_enum(s, (weir_def_enum *)(void *)d); return;
  case WEIR_DEF_VALUE: check_value(s, (weir_def_value *)(void *)d); return;
  case WEIR_DEF_SERVICE: check_service(s, d); return;
  default: return;
  }
}

void weir_link_check(weir_schema *s, weir_def_file *file) { weir_walk(s, file, check_def, NULL); }
