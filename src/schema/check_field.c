/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* check_field.c - what a field may be, by its type, its options and its features. */
#include "schema/check.h"
#include "schema/feature.h"
#include "schema/text.h"
#include "schema/value.h"

static void check_error(weir_schema *s, const weir_def *d, weir_pos pos, const char *text) {
  weir_schema_error(s, d->file, pos, "%s", text);
}

static bool is_set(const weir_def *d, const char *option) {
  const weir_value_entry *e = weir_value_get(d->options.value, option);
  return e && e->bits;
}

static void check_lazy(weir_schema *s, const weir_def_field *f) {
  bool unverified = is_set(&f->def, "unverified_lazy");
  if (!unverified && !is_set(&f->def, "lazy")) return;
  if (f->type != WEIR_TYPE_MESSAGE)
    check_error(s, &f->def, f->type_pos, "[lazy = true] can only be specified for submessage fields.");
  if (unverified && f->extendee)
    check_error(s, &f->def, f->type_pos, "Extensions cannot be marked as unverified_lazy.");
}

static void check_packed(weir_schema *s, const weir_def_field *f) {
  if (is_set(&f->def, "packed") && !weir_field_is_packable(f))
    check_error(s, &f->def, f->type_pos,
                "[packed = true] can only be specified for repeated primitive fields.");
}

static void check_message_set(weir_schema *s, const weir_def_field *f) {
  if (!is_set(&weir_check_parent(f)->def, "message_set_wire_format")) return;
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

/* Names made for map fields are nobody's to use: what the user meant may be a message of that name further out. */
static void check_entry_used(weir_schema *s, const weir_def_field *f) {
  const weir_def_message *entry = f->message;
  weir_str hint = WEIR_STR("");
  if (entry->def.parent) {
    weir_lookup l = weir_link_lookup(s, f->def.file, entry->def.name, entry->def.parent->full_name, true);
    if (l.found && l.found != &entry->def)
      hint = weir_schema_printf(s, " Maybe you meant \"." WEIR_FMT "\"?", WEIR_ARG(l.found->full_name));
  }
  weir_schema_error(s, f->def.file, f->type_pos,
                    WEIR_FMT
                    " is a synthetic MapEntry message type, which is not allowed to be used as a field "
                    "type." WEIR_FMT,
                    WEIR_ARG(entry->def.full_name), WEIR_ARG(hint));
}

static weir_str entry_name(weir_schema *s, weir_str field) {
  char *out = weir_schema_alloc(s, field.len + sizeof "Entry");
  size_t len = 0;
  bool upper = true;
  for (size_t i = 0; i < field.len; i++) {
    char c = field.data[i];
    if (c != '_') out[len++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  memcpy(out + len, "Entry", 5);
  return (weir_str){out, len + 5};
}

static void check_map_type(weir_schema *s, const weir_def_field *f) {
  if (!f->message || !f->message->is_map_entry) return;
  if (f->type == WEIR_TYPE_GROUP) {
    check_error(
        s, &f->def, f->type_pos,
        "Groups cannot be map entries. Use a regular message field with map<KeyType, ValueType> syntax "
        "instead.");
    return;
  }
  if (f->label != WEIR_LABEL_REPEATED || !weir_str_eq(f->message->def.name, entry_name(s, f->def.name)) ||
      &weir_check_parent(f)->def != f->message->def.parent)
    check_entry_used(s, f);
  check_map(s, f);
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

/* Editions say by features what proto2 and proto3 said by options. */
static void check_edition_field(weir_schema *s, const weir_def_field *f) {
  if (weir_value_get(f->def.options.value, "packed"))
    check_error(
        s, &f->def, f->def.name_pos,
        "Field option packed is not allowed under editions.  Use the repeated_field_encoding feature to "
        "control this behavior.");
  if (f->label != WEIR_LABEL_REPEATED && !weir_field_has_presence(f)) {
    if (f->has_default)
      check_error(s, &f->def, f->def.name_pos, "Implicit presence fields can't specify defaults.");
    if (f->enumeration && weir_enum_is_closed(f->enumeration))
      check_error(s, &f->def, f->def.name_pos, "Implicit presence enum fields must always be open.");
  }
  if (f->extendee && f->label == WEIR_LABEL_REQUIRED)
    check_error(s, &f->def, f->def.name_pos, "Extensions can't be required.");
}

static void check_given_presence(weir_schema *s, const weir_def_field *f) {
  int given = weir_feature_given(&f->def, WEIR_FIELD_PRESENCE);
  const char *error =
      !given                            ? NULL
      : f->oneof                        ? "Oneof fields can't specify field presence."
      : f->label == WEIR_LABEL_REPEATED ? "Repeated fields can't specify field presence."
      : f->extendee && given != WEIR_PRESENCE_LEGACY_REQUIRED ? "Extensions can't specify field presence."
      : f->message && given == WEIR_PRESENCE_IMPLICIT ? "Message fields can't specify implicit presence."
                                                      : NULL;
  if (error) check_error(s, &f->def, f->def.name_pos, error);
}

static bool is_string_map(const weir_def_field *f) {
  for (uint32_t i = 0; f->is_map && i < f->message->fields.len; i++)
    if (f->message->fields.data[i]->type == WEIR_TYPE_STRING) return true;
  return false;
}

static void check_given_features(weir_schema *s, const weir_def_field *f) {
  check_given_presence(s, f);
  int encoding = weir_feature_given(&f->def, WEIR_REPEATED_FIELD_ENCODING);
  if (encoding && f->label != WEIR_LABEL_REPEATED)
    check_error(s, &f->def, f->def.name_pos, "Only repeated fields can specify repeated field encoding.");
  if (weir_feature_given(&f->def, WEIR_UTF8_VALIDATION) && f->type != WEIR_TYPE_STRING && !is_string_map(f))
    check_error(s, &f->def, f->def.name_pos, "Only string fields can specify utf8 validation.");
  if (encoding == WEIR_REPEATED_PACKED && !weir_field_is_packable(f))
    check_error(s, &f->def, f->def.name_pos,
                "Only repeated primitive fields can specify PACKED repeated field encoding.");
  if (weir_feature_given(&f->def, WEIR_MESSAGE_ENCODING) && (!f->message || f->message->is_map_entry))
    check_error(s, &f->def, f->def.name_pos, "Only message fields can specify message encoding.");
}

static void check_features(weir_schema *s, const weir_def_field *f) {
  if (f->def.file->syntax != WEIR_EDITIONS) return;
  check_edition_field(s, f);
  if (!weir_check_parent(f)->is_map_entry) check_given_features(s, f);
  if (f->def.file->edition >= WEIR_EDITION_2024 && weir_value_get(f->def.options.value, "ctype"))
    check_error(s, &f->def, f->type_pos,
                "ctype option is not allowed under edition 2024 and beyond. Use the feature string_type = "
                "VIEW|CORD|STRING|... instead.");
}

void weir_check_field(weir_schema *s, const weir_def_field *f) {
  weir_check_feature_support(s, &f->def);
  check_features(s, f);
  check_lazy(s, f);
  check_packed(s, f);
  check_message_set(s, f);
  if (weir_check_is_lite(f->def.file) && !weir_check_is_lite(weir_check_parent(f)->def.file))
    check_error(
        s, &f->def, f->extendee_pos,
        "Extensions to non-lite types can only be declared in non-lite files.  Note that you cannot extend a "
        "non-lite type to contain a lite type, but the reverse is allowed.");
  check_map_type(s, f);
  check_jstype(s, f);
  check_json_name(s, f);
  if (f->extendee) weir_check_extension(s, f);
}
