/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* check_extension.c - extension ranges that declare their extensions, and the extensions held to that. */
#include "schema/check.h"
#include "schema/value.h"

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

static const char *const type_words[] = {
    "",      "double",  "float", "int64",  "uint64", "int32",    "fixed64",  "fixed32", "bool",  "string",
    "group", "message", "bytes", "uint32", "enum",   "sfixed32", "sfixed64", "sint32",  "sint64"};

static bool is_declaration(const weir_value_entry *e) {
  return !e->field->extendee && weir_str_eq(e->field->def.name, WEIR_STR("declaration"));
}

static bool has_declarations(const weir_value *options) {
  for (uint32_t i = 0; options && i < options->entries.len; i++)
    if (is_declaration(&options->entries.data[i])) return true;
  return false;
}

static bool is_scalar_name(weir_str type) {
  for (int i = 1; i <= 18; i++)
    if (i != WEIR_TYPE_GROUP && i != WEIR_TYPE_MESSAGE && weir_str_eq(type, weir_str_of(type_words[i])))
      return true;
  return false;
}

/* An extension declaration says what an extension must look like. */
static void check_declared(weir_schema *s, const weir_def_field *f, const weir_value *declaration) {
  weir_str extendee = f->extendee->def.full_name;
  weir_str type = text_of(declaration, "type"), name = text_of(declaration, "full_name");
  weir_str actual = f->message || f->enumeration
                        ? weir_schema_printf(s, "." WEIR_FMT,
                                             WEIR_ARG(f->message ? f->message->def.full_name
                                                                 : f->enumeration->def.full_name))
                        : weir_str_of(type_words[f->type]);
  weir_str actual_name = weir_schema_printf(s, "." WEIR_FMT, WEIR_ARG(f->def.full_name));
  if (type.len && type.data[0] != '.' && !is_scalar_name(type))
    type = weir_schema_printf(s, "." WEIR_FMT, WEIR_ARG(type));
  bool clean = s->report.errors == s->errors_before; /* protoc looks at types only as long as all is well */
  if (clean && type.len && !weir_str_eq(type, actual))
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

#define DESCRIPTOR_PROTO "google/protobuf/descriptor.proto"

void weir_check_extension(weir_schema *s, const weir_def_field *f) {
  if (weir_str_eq(f->extendee->def.file->def.name, WEIR_STR(DESCRIPTOR_PROTO)))
    return; /* not held to its own */
  const weir_range *range = range_of(f->extendee, f->number);
  const weir_value *options = range ? range->def.options.value : NULL;
  bool declared_only = false;
  for (uint32_t i = 0; options && i < options->entries.len; i++) {
    const weir_value_entry *e = &options->entries.data[i];
    if (!is_declaration(e)) continue;
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

/* ---- the declarations ------------------------------------------------------------------------------------ */

/* ".a.b"; NULL if it is that. */
static const char *name_fault(weir_str name) {
  if (!name.len || name.data[0] != '.')
    return "must have a leading dot to indicate the fully-qualified scope.";
  for (size_t i = 1; i < name.len; i++) {
    char c = name.data[i];
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!word && (c != '.' || name.data[i - 1] == '.')) return "contains invalid identifiers.";
  }
  return name.len > 1 && name.data[name.len - 1] != '.' ? NULL : "contains invalid identifiers.";
}

static void check_declared_name(weir_schema *s, const weir_range *range, weir_str name) {
  const char *fault = name_fault(name);
  if (fault)
    weir_schema_error(s, range->def.file, range->def.name_pos, "\"" WEIR_FMT "\" %s", WEIR_ARG(name), fault);
}

/* False: the rest of the range's declarations is not looked at. */
static bool check_names(weir_schema *s, const weir_range *range, const weir_value *declaration,
                        weir_map *names) {
  weir_str name = text_of(declaration, "full_name"), type = text_of(declaration, "type");
  if (weir_map_get(names, name)) {
    weir_schema_error(s, range->def.file, range->def.name_pos,
                      "Extension field name \"" WEIR_FMT "\" is declared multiple times.", WEIR_ARG(name));
    return false;
  }
  weir_schema_put(s, names, name, names);
  check_declared_name(s, range, name);
  if (!is_scalar_name(type)) check_declared_name(s, range, type);
  return true;
}

static void check_declarations(weir_schema *s, const weir_range *range, weir_map *names) {
  weir_map numbers;
  weir_map_init(&numbers, s->mem, 0);
  const weir_value *options = range->def.options.value;
  for (uint32_t i = 0; i < options->entries.len; i++) {
    const weir_value_entry *e = &options->entries.data[i];
    if (!is_declaration(e)) continue;
    int32_t number = (int32_t)bits_of(e->message, "number");
    if (number < range->start || number >= range->end)
      weir_schema_error(s, range->def.file, range->def.name_pos,
                        "Extension declaration number %d is not in the extension range.", (int)number);
    weir_str key = weir_schema_printf(s, "%d", (int)number);
    if (weir_map_get(&numbers, key))
      weir_schema_error(s, range->def.file, range->def.name_pos,
                        "Extension declaration number %d is declared multiple times.", (int)number);
    weir_schema_put(s, &numbers, key, &numbers);
    bool has_name = weir_value_get(e->message, "full_name"), has_type = weir_value_get(e->message, "type");
    if (has_name && has_type) {
      if (!check_names(s, range, e->message, names)) return;
    } else if (has_name != has_type || !bits_of(e->message, "reserved")) {
      weir_schema_error(s, range->def.file, range->def.name_pos,
                        "Extension declaration #%d should have both \"full_name\" and \"type\" set.",
                        (int)number);
    }
  }
}

#define UNVERIFIED 1 /* descriptor.proto, ExtensionRangeOptions.VerificationState; 0 is DECLARATION */

void weir_check_ranges(weir_schema *s, const weir_def_message *m) {
  int32_t max = bits_of(m->def.options.value, "message_set_wire_format") ? INT32_MAX : WEIR_MAX_FIELD_NUMBER;
  weir_map names;
  weir_map_init(&names, s->mem, 0);
  for (uint32_t i = 0; i < m->extension_ranges.len; i++) {
    const weir_range *r = &m->extension_ranges.data[i];
    if ((int64_t)r->end > (int64_t)max + 1)
      weir_schema_error(s, m->def.file, r->def.name_pos, "Extension numbers cannot be greater than %d.",
                        (int)max);
    if (!has_declarations(r->def.options.value)) continue;
    const weir_value_entry *verification = weir_value_get(r->def.options.value, "verification");
    if (verification && verification->bits == UNVERIFIED) {
      weir_schema_error(s, m->def.file, r->def.name_pos,
                        "Cannot mark the extension range as UNVERIFIED when it has extension(s) declared.");
      return;
    }
    check_declarations(s, r, &names);
  }
}
