/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* check.c - rules that need types and options: proto3's, map keys, packed, JSON names, enums. */
#include "schema/link.h"
#include "schema/text.h"
#include "schema/value.h"

static void check_error(weir_schema *s, const weir_def *d, weir_pos pos, const char *text) {
  weir_schema_error(s, d->file, pos, "%s", text);
}

static bool is_set(const weir_def *d, const char *option) {
  const weir_value_entry *e = weir_value_get(d->options.value, option);
  return e && e->bits;
}

#define LITE_RUNTIME 3 /* descriptor.proto, FileOptions.OptimizeMode */

static bool is_lite(const weir_def_file *file) {
  const weir_value_entry *e = weir_value_get(file->def.options.value, "optimize_for");
  return e && e->bits == LITE_RUNTIME;
}

static const weir_def_message *parent_of(const weir_def_field *f) {
  return f->extendee ? f->extendee : (const weir_def_message *)(const void *)f->def.parent;
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static void check_lazy(weir_schema *s, const weir_def_field *f) {
  bool unverified = is_set(&f->def, "unverified_lazy");
  if (!unverified && !is_set(&f->def, "lazy")) return;
  if (f->type != WEIR_TYPE_MESSAGE)
    check_error(s, &f->def, f->type_pos, "[lazy = true] can only be specified for submessage fields.");
  if (unverified && f->extendee)
    check_error(s, &f->def, f->type_pos, "Extensions cannot be marked as unverified_lazy.");
}

static void check_packed(weir_schema *s, const weir_def_field *f) {
  bool packable = f->label == WEIR_LABEL_REPEATED && !f->message && f->type != WEIR_TYPE_STRING &&
                  f->type != WEIR_TYPE_BYTES;
  if (is_set(&f->def, "packed") && !packable)
    check_error(s, &f->def, f->type_pos,
                "[packed = true] can only be specified for repeated primitive fields.");
}

static void check_message_set(weir_schema *s, const weir_def_field *f) {
  if (!is_set(&parent_of(f)->def, "message_set_wire_format")) return;
  if (!f->extendee)
    check_error(s, &f->def, f->def.name_pos, "MessageSets cannot have fields, only extensions.");
  else if (f->label != WEIR_LABEL_OPTIONAL || f->type != WEIR_TYPE_MESSAGE)
    check_error(s, &f->def, f->type_pos, "Extensions of MessageSets must be optional messages.");
}

static void check_map(weir_schema *s, const weir_def_field *f) {
  const weir_def_field *key = f->message->fields.data[0], *value = f->message->fields.data[1];
  switch (key->type) {
  case WEIR_TYPE_ENUM: check_error(s, &f->def, f->type_pos, "Key in map fields cannot be enum types."); break;
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_DOUBLE:
  case WEIR_TYPE_MESSAGE:
  case WEIR_TYPE_GROUP:
  case WEIR_TYPE_BYTES:
    check_error(s, &f->def, f->type_pos, "Key in map fields cannot be float/double, bytes or message types.");
    break;
  default: break;
  }
  if (value->enumeration && value->enumeration->values.data[0]->number != 0)
    check_error(s, &f->def, f->type_pos, "Enum value in map must define 0 as the first value.");
}

/* Names made for map fields are nobody's to use. */
static void check_map_type(weir_schema *s, const weir_def_field *f) {
  if (f->is_map) {
    check_map(s, f);
  } else if (f->message && f->message->is_map_entry) {
    check_error(s, &f->def, f->type_pos,
                "map_entry should not be set explicitly. Use map<KeyType, ValueType> instead.");
  }
}

#define JS_STRING 1 /* descriptor.proto, FieldOptions.JSType; 0 is JS_NORMAL */
#define JS_NUMBER 2

static void check_jstype(weir_schema *s, const weir_def_field *f) {
  if (!is_set(&f->def, "jstype")) return;
  switch (f->type) {
  case WEIR_TYPE_UINT64:
  case WEIR_TYPE_INT64:
  case WEIR_TYPE_SINT64:
  case WEIR_TYPE_FIXED64:
  case WEIR_TYPE_SFIXED64: return;
  default:
    check_error(s, &f->def, f->type_pos,
                "jstype is only allowed on int64, uint64, sint64, fixed64 or sfixed64 fields.");
  }
}

static void check_json_name(weir_schema *s, const weir_def_field *f) {
  if (!f->has_json_name) return;
  if (f->extendee && !weir_str_eq(f->json_name, weir_text_json_name(s, f->def.name)))
    check_error(s, &f->def, f->json_pos, "option json_name is not allowed on extension fields.");
  if (f->json_name.len && memchr(f->json_name.data, 0, f->json_name.len))
    check_error(s, &f->def, f->json_pos, "json_name cannot have embedded null characters.");
}

static const weir_range *range_of(const weir_def_message *m, int32_t number) {
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    if (number >= m->extension_ranges.data[i].start && number < m->extension_ranges.data[i].end)
      return &m->extension_ranges.data[i];
  return NULL;
}

static weir_str text_of(const weir_value *v, const char *name) {
  const weir_value_entry *e = weir_value_get(v, name);
  return e ? e->text : (weir_str){"", 0};
}

static uint64_t bits_of(const weir_value *v, const char *name) {
  const weir_value_entry *e = weir_value_get(v, name);
  return e ? e->bits : 0;
}

static const char *type_word(const weir_def_field *f) {
  static const char *const words[] = {
      "",      "double",  "float", "int64",  "uint64", "int32",    "fixed64",  "fixed32", "bool",  "string",
      "group", "message", "bytes", "uint32", "enum",   "sfixed32", "sfixed64", "sint32",  "sint64"};
  return words[f->type];
}

/* An extension declaration says what an extension must look like. */
static void check_declared(weir_schema *s, const weir_def_field *f, const weir_value *declaration) {
  weir_str extendee = f->extendee->def.full_name;
  weir_str type = text_of(declaration, "type"), name = text_of(declaration, "full_name");
  weir_str actual = f->message || f->enumeration
                        ? weir_schema_printf(s, "." WEIR_FMT,
                                             WEIR_ARG(f->message ? f->message->def.full_name
                                                                 : f->enumeration->def.full_name))
                        : weir_str_of(type_word(f));
  weir_str actual_name = weir_schema_printf(s, "." WEIR_FMT, WEIR_ARG(f->def.full_name));
  if (type.len && !weir_str_eq(type, actual))
    weir_schema_error(s, f->def.file, f->extendee_pos,
                      "\"" WEIR_FMT "\" extension field %d is expected to be type \"" WEIR_FMT
                      "\", not \"" WEIR_FMT "\".",
                      WEIR_ARG(extendee), (int)f->number, WEIR_ARG(type), WEIR_ARG(actual));
  if (name.len && !weir_str_eq(name, actual_name))
    weir_schema_error(s, f->def.file, f->extendee_pos,
                      "\"" WEIR_FMT "\" extension field %d is expected to have field name \"" WEIR_FMT
                      "\", not \"" WEIR_FMT "\".",
                      WEIR_ARG(extendee), (int)f->number, WEIR_ARG(name), WEIR_ARG(actual_name));
  bool repeated = bits_of(declaration, "repeated") != 0;
  if (repeated != (f->label == WEIR_LABEL_REPEATED))
    weir_schema_error(s, f->def.file, f->extendee_pos,
                      "\"" WEIR_FMT "\" extension field %d is expected to be %s.", WEIR_ARG(extendee),
                      (int)f->number, repeated ? "repeated" : "optional");
}

static void check_extension(weir_schema *s, const weir_def_field *f) {
  const weir_range *range = range_of(f->extendee, f->number);
  const weir_value *options = range ? range->def.options.value : NULL;
  bool declared_only = false;
  for (uint32_t i = 0; options && i < options->entries.len; i++) {
    const weir_value_entry *e = &options->entries.data[i];
    if (!weir_str_eq(e->field->def.name, WEIR_STR("declaration"))) continue;
    declared_only = true;
    if ((int32_t)bits_of(e->message, "number") != f->number) continue;
    if (bits_of(e->message, "reserved"))
      weir_schema_error(s, f->def.file, f->extendee_pos,
                        "Cannot use number %d for extension field " WEIR_FMT
                        ", as it is reserved in the extension declarations for message " WEIR_FMT ".",
                        (int)f->number, WEIR_ARG(f->def.full_name), WEIR_ARG(f->extendee->def.full_name));
    else
      check_declared(s, f, e->message);
    return;
  }
  const weir_value_entry *verification = weir_value_get(options, "verification");
  if (declared_only || (verification && verification->bits == 0))
    weir_schema_error(
        s, f->def.file, f->extendee_pos,
        "Missing extension declaration for field " WEIR_FMT " with number %d in extendee message " WEIR_FMT
        ". An extension range must declare for all extension fields if its verification state is "
        "DECLARATION or there's any declaration in the range already. Otherwise, consider splitting up the "
        "range.",
        WEIR_ARG(f->def.full_name), (int)f->number, WEIR_ARG(f->extendee->def.full_name));
}

static void check_number(weir_schema *s, const weir_def_field *f) {
  if (f->number >= WEIR_FIRST_RESERVED_NUMBER && f->number <= WEIR_LAST_RESERVED_NUMBER)
    weir_schema_error(
        s, f->def.file, f->number_pos,
        "Field numbers %d through %d are reserved for the protocol buffer library implementation.",
        WEIR_FIRST_RESERVED_NUMBER, WEIR_LAST_RESERVED_NUMBER);
}

static void check_field(weir_schema *s, const weir_def_field *f) {
  check_number(s, f);
  check_lazy(s, f);
  check_packed(s, f);
  check_message_set(s, f);
  if (is_lite(f->def.file) && !is_lite(parent_of(f)->def.file))
    check_error(
        s, &f->def, f->extendee_pos,
        "Extensions to non-lite types can only be declared in non-lite files.  Note that you cannot extend a "
        "non-lite type to contain a lite type, but the reverse is allowed.");
  check_map_type(s, f);
  check_jstype(s, f);
  check_json_name(s, f);
  if (f->extendee) check_extension(s, f);
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
  if (f->def.file->syntax == WEIR_PROTO2 && (!custom || !other->is_custom))
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

static void check_enum(weir_schema *s, const weir_def_enum *e) {
  check_value_names(s, e);
  if (e->def.file->syntax == WEIR_PROTO3 && e->values.data[0]->number != 0)
    check_error(s, &e->def, e->values.data[0]->number_pos,
                "The first enum value must be zero for open enums.");
  check_aliases(s, e);
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static void check_declarations(weir_schema *s, const weir_range *range) {
  weir_map numbers;
  weir_map_init(&numbers, s->mem, 0);
  const weir_value *options = range->def.options.value;
  for (uint32_t i = 0; options && i < options->entries.len; i++) {
    const weir_value_entry *e = &options->entries.data[i];
    if (!weir_str_eq(e->field->def.name, WEIR_STR("declaration"))) continue;
    int32_t number = (int32_t)bits_of(e->message, "number");
    if (number < range->start || number >= range->end)
      weir_schema_error(s, range->def.file, range->def.name_pos,
                        "Extension declaration number %d is not in the extension range.", (int)number);
    const weir_value_entry *n = weir_value_get(e->message, "number");
    weir_str key = n ? (weir_str){(const char *)&n->bits, sizeof n->bits} : WEIR_STR("");
    if (weir_map_get(&numbers, key))
      weir_schema_error(s, range->def.file, range->def.name_pos,
                        "Extension declaration number %d is declared multiple times.", (int)number);
    weir_schema_put(s, &numbers, key, &numbers);
    bool has_name = weir_value_get(e->message, "full_name"), has_type = weir_value_get(e->message, "type");
    if (has_name != has_type || (!has_name && !bits_of(e->message, "reserved")))
      weir_schema_error(s, range->def.file, range->def.name_pos,
                        "Extension declaration #%d should have both \"full_name\" and \"type\" set.",
                        (int)number);
  }
}

static void check_message_ranges(weir_schema *s, const weir_def_message *m) {
  int32_t max = is_set(&m->def, "message_set_wire_format") ? INT32_MAX : WEIR_MAX_FIELD_NUMBER;
  for (uint32_t i = 0; i < m->extension_ranges.len; i++) {
    const weir_range *r = &m->extension_ranges.data[i];
    if (r->end - 1 > max)
      weir_schema_error(s, m->def.file, r->def.name_pos, "Extension numbers cannot be greater than %d.",
                        (int)max);
    check_declarations(s, r);
  }
}

static void check_message(weir_schema *s, const weir_def_message *m) {
  if (!is_set(&m->def, "deprecated_legacy_json_field_conflicts")) {
    check_json_names(s, m, false);
    check_json_names(s, m, true);
  }
  check_message_ranges(s, m);
  for (uint32_t i = 0; i < m->enums.len; i++) check_enum(s, m->enums.data[i]);
  for (uint32_t i = 0; i < m->fields.len; i++) check_field(s, m->fields.data[i]);
  for (uint32_t i = 0; i < m->messages.len; i++) check_message(s, m->messages.data[i]);
  for (uint32_t i = 0; i < m->extensions.len; i++) check_field(s, m->extensions.data[i]);
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
  if (f->enumeration && f->enumeration->def.file->syntax == WEIR_PROTO2)
    weir_schema_error(s, f->def.file, f->type_pos,
                      "Enum type \"" WEIR_FMT "\" is not an open enum, but is used in \"" WEIR_FMT
                      "\" which is a proto3 message type.",
                      WEIR_ARG(f->enumeration->def.full_name), WEIR_ARG(parent_of(f)->def.full_name));
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
  if (is_lite(file)) return;
  for (uint32_t i = 0; i < file->imports.len; i++) {
    if (!is_lite(file->imports.data[i].file)) continue;
    weir_schema_error(
        s, file, file->imports.data[i].pos,
        "Files that do not use optimize_for = LITE_RUNTIME cannot import files which do use this option.  "
        "This file is not lite, but it imports \"" WEIR_FMT "\" which is.",
        WEIR_ARG(file->imports.data[i].name));
    return;
  }
}

static void check_service(weir_schema *s, const weir_def_service *service) {
  const weir_def *file = &service->def.file->def;
  if (is_lite(service->def.file) &&
      (is_set(file, "cc_generic_services") || is_set(file, "java_generic_services")))
    check_error(s, &service->def, service->def.name_pos,
                "Files with optimize_for = LITE_RUNTIME cannot define services unless you set both options "
                "cc_generic_services and java_generic_services to false.");
}

void weir_link_check(weir_schema *s, weir_def_file *file) {
  check_lite_imports(s, file);
  if (file->syntax == WEIR_PROTO3) check_proto3(s, file);
  for (uint32_t i = 0; i < file->messages.len; i++) check_message(s, file->messages.data[i]);
  for (uint32_t i = 0; i < file->enums.len; i++) check_enum(s, file->enums.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) check_field(s, file->extensions.data[i]);
  for (uint32_t i = 0; i < file->services.len; i++) check_service(s, file->services.data[i]);
}
