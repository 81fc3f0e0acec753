/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/advise.h"

#include "schema/builtin.h"
#include "schema/suggest.h"

static bool may_search(weir_schema *s) {
  if (!s->advice_left) return false;
  s->advice_left--;
  return true;
}

static void advise_best(weir_schema *s, const weir_suggestion *found) {
  if (found->best.len) weir_schema_advise(s, "did you mean \"" WEIR_FMT "\"?", WEIR_ARG(found->best));
}

static void offer_all(weir_suggestion *out, const char *const *names, size_t n) {
  for (size_t i = 0; i < n; i++) weir_suggestion_offer(out, weir_str_of(names[i]));
}

/* ---- types --------------------------------------------------------------------------------------------- */

static const char *const scalars[] = {"double",   "float",    "int32",  "int64",   "uint32",
                                      "uint64",   "sint32",   "sint64", "fixed32", "fixed64",
                                      "sfixed32", "sfixed64", "bool",   "string",  "bytes"};

/* Words of other languages. */
static const struct {
  const char *word, *type;
} foreign[] = {
    {"int", "int32"},
    {"integer", "int32"},
    {"long", "int64"},
    {"short", "int32"},
    {"uint", "uint32"},
    {"int8", "int32"},
    {"int16", "int32"},
    {"uint8", "uint32"},
    {"uint16", "uint32"},
    {"boolean", "bool"},
    {"str", "string"},
    {"text", "string"},
    {"char", "string"},
    {"byte", "bytes"},
    {"blob", "bytes"},
    {"float32", "float"},
    {"float64", "double"},
    {"number", "double"},
    {"decimal", "double"},
    {"datetime", "google.protobuf.Timestamp"},
    {"date", "google.protobuf.Timestamp"},
    {"timestamp", "google.protobuf.Timestamp"},
    {"duration", "google.protobuf.Duration"},
    {"any", "google.protobuf.Any"},
    {"object", "google.protobuf.Struct"},
    {"void", "google.protobuf.Empty"},
};

static bool advise_foreign(weir_schema *s, weir_str name) {
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
    if (!weir_str_eq(name, weir_str_of(foreign[i].word))) continue;
    weir_schema_advise(s, "in .proto files that is \"%s\".", foreign[i].type);
    return true;
  }
  return false;
}

/* Well-known types are known before their files are loaded. */
static const struct {
  const char *type, *file;
} well_known[] = {
    {"Any", "any"},
    {"Duration", "duration"},
    {"Empty", "empty"},
    {"FieldMask", "field_mask"},
    {"Struct", "struct"},
    {"Value", "struct"},
    {"ListValue", "struct"},
    {"NullValue", "struct"},
    {"Timestamp", "timestamp"},
    {"DoubleValue", "wrappers"},
    {"FloatValue", "wrappers"},
    {"Int64Value", "wrappers"},
    {"UInt64Value", "wrappers"},
    {"Int32Value", "wrappers"},
    {"UInt32Value", "wrappers"},
    {"BoolValue", "wrappers"},
    {"StringValue", "wrappers"},
    {"BytesValue", "wrappers"},
};

static bool advise_well_known(weir_schema *s, weir_str name) {
  for (size_t i = 0; i < sizeof well_known / sizeof *well_known; i++) {
    weir_str full = weir_schema_printf(s, "google.protobuf.%s", well_known[i].type);
    weir_str import = weir_schema_printf(s, "google/protobuf/%s.proto", well_known[i].file);
    if (!weir_str_eq(name, full) || weir_map_get(&s->files, import)) continue;
    weir_schema_advise(s, "add: import \"" WEIR_FMT "\";", WEIR_ARG(import));
    return true;
  }
  return false;
}

static weir_str last_part(weir_str name) {
  size_t from = name.len;
  while (from && name.data[from - 1] != '.') from--;
  return (weir_str){name.data + from, name.len - from};
}

static bool is_type(const weir_def *d) {
  if (d->kind == WEIR_DEF_MESSAGE) return !((const weir_def_message *)(const void *)d)->is_map_entry;
  return d->kind == WEIR_DEF_ENUM;
}

/* As the file would write it: without its own package. */
static weir_str name_for(const weir_def_file *file, const weir_def *d) {
  weir_str package = file->package, name = d->full_name;
  if (package.len && d->file == file && name.len > package.len)
    name = (weir_str){name.data + package.len + 1, name.len - package.len - 1};
  return name;
}

/* A type of exactly that last name, or the one that is nearest. */
static void advise_declared(weir_schema *s, const weir_def_file *file, weir_str name) {
  weir_suggestion found = weir_suggestion_for(name);
  const weir_def *nearest = NULL;
  void *value;
  weir_str key;
  for (size_t at = 0; weir_map_next(&s->symbols, &at, &key, &value);) {
    const weir_def *d = value;
    if (!is_type(d)) continue;
    unsigned before = found.distance;
    if (weir_str_eq(d->name, name) && before)
      found.distance = 0;
    else if (before)
      weir_suggestion_offer(&found, d->name);
    if (found.distance < before) nearest = d;
  }
  unsigned before = found.distance;
  if (before) offer_all(&found, scalars, sizeof scalars / sizeof *scalars);
  if (found.distance < before || !nearest)
    advise_best(s, &found);
  else
    weir_schema_advise(s, "did you mean \"" WEIR_FMT "\"?", WEIR_ARG(name_for(file, nearest)));
}

void weir_advise_type(weir_schema *s, const weir_def_file *file, weir_str name) {
  if (!may_search(s) || advise_foreign(s, name) || advise_well_known(s, name)) return;
  advise_declared(s, file, last_part(name));
}

/* ---- others -------------------------------------------------------------------------------------------- */

void weir_advise_option(weir_schema *s, const weir_def_message *type, weir_str name) {
  if (!may_search(s)) return;
  weir_suggestion found = weir_suggestion_for(name);
  for (uint32_t i = 0; i < type->fields.len; i++)
    weir_suggestion_offer(&found, type->fields.data[i]->def.name);
  advise_best(s, &found);
}

void weir_advise_value(weir_schema *s, const weir_def_enum *e, weir_str name) {
  if (!may_search(s)) return;
  weir_suggestion found = weir_suggestion_for(name);
  for (uint32_t i = 0; i < e->values.len; i++) weir_suggestion_offer(&found, e->values.data[i]->def.name);
  advise_best(s, &found);
}

void weir_advise_statement(weir_schema *s, weir_str word) {
  static const char *const words[] = {"message", "enum",   "service", "extend", "import",
                                      "package", "option", "syntax",  "edition"};
  if (!may_search(s)) return;
  weir_suggestion found = weir_suggestion_for(word);
  offer_all(&found, words, sizeof words / sizeof *words);
  advise_best(s, &found);
}

void weir_advise_import(weir_schema *s, weir_str name) {
  if (!may_search(s)) return;
  weir_suggestion found = weir_suggestion_for(name);
  void *value;
  weir_str key;
  for (size_t i = 0; i < weir_builtin_count; i++)
    weir_suggestion_offer(&found, weir_str_of(weir_builtin_files[i].name));
  for (size_t at = 0; weir_map_next(&s->files, &at, &key, &value);) weir_suggestion_offer(&found, key);
  advise_best(s, &found);
}
