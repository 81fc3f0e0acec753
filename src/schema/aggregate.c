/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* aggregate.c - the text format, as far as option values need it: fields of any type, lists, nested messages. */
#include "schema/link.h"
#include "schema/token.h"
#include "schema/value.h"

#include <math.h>

#define MAX_DEPTH 100

typedef struct aggregate {
  weir_schema *schema;
  weir_def_file *file; /* in which names are looked up */
  weir_lexer lexer;
  weir_str *error;
  int depth;
  bool is_unknown; /* failed for something that is not supported */
} aggregate;

static bool fail(aggregate *a, const char *what) {
  *a->error = weir_schema_printf(a->schema, "%s", what);
  return false;
}

static bool fail_got(aggregate *a, const char *expected) {
  *a->error =
      weir_schema_printf(a->schema, "Expected %s, got: " WEIR_FMT, expected, WEIR_ARG(a->lexer.token.text));
  return false;
}

static bool at(const aggregate *a, const char *text) { return weir_token_is(&a->lexer.token, text); }

static bool take(aggregate *a, const char *text) {
  if (!at(a, text)) return false;
  weir_lexer_next(&a->lexer);
  return true;
}

static bool want(aggregate *a, const char *text) {
  if (take(a, text)) return true;
  *a->error = weir_schema_printf(a->schema, "Expected \"%s\", found \"" WEIR_FMT "\".", text,
                                 WEIR_ARG(a->lexer.token.text));
  return false;
}

/* ---- single values ------------------------------------------------------------------------------------- */

static bool read_string(aggregate *a, weir_value_entry *e) {
  if (a->lexer.token.kind != WEIR_TOKEN_STRING) return fail_got(a, "string");
  weir_bytes text = weir_bytes_in(a->schema->mem);
  for (; a->lexer.token.kind == WEIR_TOKEN_STRING; weir_lexer_next(&a->lexer)) {
    char *room = weir_bytes_reserve(&text, a->lexer.token.text.len);
    weir_schema_check(a->schema, (weir_str){room, 0});
    text.len += weir_literal_unescape(a->lexer.token.text, room);
  }
  e->text = weir_bytes_view(&text);
  return true;
}

static bool read_integer(aggregate *a, weir_value_entry *e, bool is_signed, uint64_t max) {
  bool negative = is_signed && take(a, "-");
  if (a->lexer.token.kind != WEIR_TOKEN_INT) return fail_got(a, "integer");
  uint64_t value;
  if (!weir_literal_integer(a->lexer.token.text, max + negative, &value)) {
    *a->error =
        weir_schema_printf(a->schema, "Integer out of range (" WEIR_FMT ")", WEIR_ARG(a->lexer.token.text));
    return false;
  }
  e->bits = negative ? 0 - value : value;
  weir_lexer_next(&a->lexer);
  return true;
}

static bool is_word(weir_str text, const char *word) {
  size_t len = strlen(word);
  if (text.len != len) return false;
  for (size_t i = 0; i < len; i++)
    if ((text.data[i] | 0x20) != word[i]) return false;
  return true;
}

static bool read_real(aggregate *a, weir_value_entry *e, bool is_float) {
  bool negative = take(a, "-");
  const weir_token *t = &a->lexer.token;
  double value;
  if (t->kind == WEIR_TOKEN_INT || t->kind == WEIR_TOKEN_FLOAT)
    value = weir_literal_float(a->schema, t->text);
  else if (is_word(t->text, "inf") || is_word(t->text, "infinity"))
    value = HUGE_VAL;
  else if (is_word(t->text, "nan"))
    value = NAN;
  else
    return fail_got(a, "double");
  if (negative) value = -value;
  weir_value_set_real(e, is_float, value);
  weir_lexer_next(&a->lexer);
  return true;
}

static bool read_bool(aggregate *a, weir_value_entry *e) {
  weir_str text = a->lexer.token.text;
  bool yes = weir_str_eq(text, WEIR_STR("true")) || weir_str_eq(text, WEIR_STR("True")) ||
             weir_str_eq(text, WEIR_STR("t")) || weir_str_eq(text, WEIR_STR("1"));
  bool no = weir_str_eq(text, WEIR_STR("false")) || weir_str_eq(text, WEIR_STR("False")) ||
            weir_str_eq(text, WEIR_STR("f")) || weir_str_eq(text, WEIR_STR("0"));
  if (!yes && !no) {
    *a->error = weir_schema_printf(
        a->schema, "Invalid value for boolean field \"" WEIR_FMT "\". Value: \"" WEIR_FMT "\".",
        WEIR_ARG(e->field->def.name), WEIR_ARG(text));
    return false;
  }
  e->bits = yes;
  weir_lexer_next(&a->lexer);
  return true;
}

static bool read_enum(aggregate *a, weir_value_entry *e) {
  const weir_def_enum *d = e->field->enumeration;
  if (a->lexer.token.kind != WEIR_TOKEN_IDENT) {
    if (!at(a, "-") && a->lexer.token.kind != WEIR_TOKEN_INT) return fail_got(a, "integer or identifier");
    return read_integer(a, e, true, INT32_MAX);
  }
  for (uint32_t i = 0; i < d->values.len; i++) {
    if (!weir_str_eq(d->values.data[i]->def.name, a->lexer.token.text)) continue;
    e->bits = (uint64_t)(int64_t)d->values.data[i]->number;
    weir_lexer_next(&a->lexer);
    return true;
  }
  *a->error = weir_schema_printf(a->schema,
                                 "Unknown enumeration value of \"" WEIR_FMT "\" for field \"" WEIR_FMT "\".",
                                 WEIR_ARG(a->lexer.token.text), WEIR_ARG(e->field->def.name));
  return false;
}

static bool read_scalar(aggregate *a, weir_value_entry *e) {
  switch (e->field->type) {
  case WEIR_TYPE_INT32:
  case WEIR_TYPE_SINT32:
  case WEIR_TYPE_SFIXED32: return read_integer(a, e, true, INT32_MAX);
  case WEIR_TYPE_INT64:
  case WEIR_TYPE_SINT64:
  case WEIR_TYPE_SFIXED64: return read_integer(a, e, true, INT64_MAX);
  case WEIR_TYPE_UINT32:
  case WEIR_TYPE_FIXED32: return read_integer(a, e, false, UINT32_MAX);
  case WEIR_TYPE_UINT64:
  case WEIR_TYPE_FIXED64: return read_integer(a, e, false, UINT64_MAX - 1);
  case WEIR_TYPE_FLOAT: return read_real(a, e, true);
  case WEIR_TYPE_DOUBLE: return read_real(a, e, false);
  case WEIR_TYPE_BOOL: return read_bool(a, e);
  case WEIR_TYPE_ENUM: return read_enum(a, e);
  default: return read_string(a, e);
  }
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static bool read_fields(aggregate *a, weir_value *v, const char *end);

static bool read_message(aggregate *a, weir_value_entry *e) {
  const char *end = take(a, "<") ? ">" : "}";
  if (*end == '}' && !want(a, "{")) return false;
  if (++a->depth > MAX_DEPTH)
    return fail(a, "Message is too deep, the parser exceeded the configured recursion limit.");
  e->message = weir_value_new(a->schema, e->field->message);
  bool ok = read_fields(a, e->message, end) && want(a, end);
  a->depth--;
  return ok;
}

static bool read_one(aggregate *a, weir_value *v, weir_def_field *f) {
  weir_value_entry e = {.field = f};
  if (!(f->message ? read_message(a, &e) : read_scalar(a, &e))) return false;
  *weir_value_add(a->schema, v, f) = e;
  return true;
}

static bool read_list(aggregate *a, weir_value *v, weir_def_field *f) {
  if (!want(a, "[")) return false;
  if (take(a, "]")) return true;
  do {
    if (!read_one(a, v, f)) return false;
  } while (take(a, ","));
  return want(a, "]");
}

static bool unsupported(aggregate *a, const char *what) {
  a->is_unknown = true;
  return fail(a, what);
}

/* A group goes by the name of its message. */
static weir_def_field *find_field(const weir_def_message *m, weir_str name) {
  weir_def_field *f = weir_message_field(m, name);
  for (uint32_t i = 0; !f && i < m->fields.len; i++)
    if (m->fields.data[i]->type == WEIR_TYPE_GROUP && weir_str_eq(m->fields.data[i]->message->def.name, name))
      f = m->fields.data[i];
  return f;
}

static bool is_reserved_name(const weir_def_message *m, weir_str name) {
  for (uint32_t i = 0; i < m->reserved_names.len; i++)
    if (weir_str_eq(m->reserved_names.data[i].name, name)) return true;
  return false;
}

/* What stands in brackets, without them: the name of an extension, or the URL of an Any's type. */
static bool read_bracketed(aggregate *a, weir_str *name) {
  weir_bytes text = weir_bytes_in(a->schema->mem);
  weir_lexer_next(&a->lexer);
  while (!at(a, "]")) {
    bool is_part = a->lexer.token.kind == WEIR_TOKEN_IDENT || at(a, ".") || at(a, "/") || at(a, "-");
    if (!is_part) return fail_got(a, "identifier");
    weir_bytes_append_str(&text, a->lexer.token.text);
    weir_lexer_next(&a->lexer);
  }
  weir_lexer_next(&a->lexer);
  weir_bytes_append(&text, "", 1);
  if (text.failed) weir_schema_check(a->schema, (weir_str){NULL, 0});
  *name = (weir_str){text.data, text.len - 1};
  return true;
}

/* [type.googleapis.com/a.B] { ... } in an Any: its URL, and the encoded message. */
static bool read_any(aggregate *a, weir_value *v, weir_str url) {
  const char *slash = memrchr(url.data, '/', url.len);
  weir_str name = {slash + 1, (size_t)(url.data + url.len - slash - 1)};
  weir_def_field *type_url = weir_message_field(v->type, WEIR_STR("type_url"));
  weir_def_field *value = weir_message_field(v->type, WEIR_STR("value"));
  weir_lookup l = {0};
  weir_def *d = weir_link_find(a->schema, a->file, name, &l);
  if (!d || d->kind != WEIR_DEF_MESSAGE || !type_url || !value ||
      !weir_str_eq(v->type->def.full_name, WEIR_STR("google.protobuf.Any"))) {
    *a->error = weir_schema_printf(
        a->schema, "Could not find type \"" WEIR_FMT "\" stored in google.protobuf.Any.", WEIR_ARG(url));
    return false;
  }
  weir_def_field inner = {.message = (weir_def_message *)(void *)d};
  weir_value_entry e = {.field = &inner};
  take(a, ":");
  if (!read_message(a, &e)) return false;
  weir_bytes out = weir_bytes_in(a->schema->mem);
  weir_value_encode(a->schema, e.message, &out);
  if (out.failed) weir_schema_check(a->schema, (weir_str){NULL, 0});
  *weir_value_add(a->schema, v, type_url) = (weir_value_entry){.field = type_url, .text = url};
  *weir_value_add(a->schema, v, value) = (weir_value_entry){.field = value, .text = weir_bytes_view(&out)};
  return true;
}

static weir_def_field *find_extension(aggregate *a, const weir_value *v, weir_str name) {
  weir_lookup l = weir_link_lookup(a->schema, a->file, name, v->type->def.full_name, false);
  if (l.found && l.found->kind == WEIR_DEF_FIELD) {
    weir_def_field *f = (weir_def_field *)(void *)l.found;
    if (f->extendee == v->type) return f;
  }
  *a->error = weir_schema_printf(
      a->schema, "Extension \"" WEIR_FMT "\" is not defined or is not an extension of \"" WEIR_FMT "\".",
      WEIR_ARG(name), WEIR_ARG(v->type->def.full_name));
  return NULL;
}

static void skip_separator(aggregate *a) {
  if (!take(a, ",")) take(a, ";");
}

static bool read_value_of(aggregate *a, weir_value *v, weir_def_field *f);

static bool read_bracketed_field(aggregate *a, weir_value *v) {
  weir_str name;
  if (!read_bracketed(a, &name)) return false;
  if (!memchr(name.data, '/', name.len)) {
    weir_def_field *f = find_extension(a, v, name);
    return f && read_value_of(a, v, f);
  }
  if (!read_any(a, v, name)) return false;
  skip_separator(a);
  return true;
}

static bool read_field(aggregate *a, weir_value *v) {
  if (at(a, "[")) return read_bracketed_field(a, v);
  if (a->lexer.token.kind != WEIR_TOKEN_IDENT) return fail_got(a, "identifier");
  weir_str name = a->lexer.token.text;
  weir_def_field *f = find_field(v->type, name);
  if (!f && is_reserved_name(v->type, name))
    return unsupported(a, "Reserved names are not supported in option values yet.");
  if (!f) {
    *a->error =
        weir_schema_printf(a->schema, "Message type \"" WEIR_FMT "\" has no field named \"" WEIR_FMT "\".",
                           WEIR_ARG(v->type->def.full_name), WEIR_ARG(name));
    return false;
  }
  weir_lexer_next(&a->lexer);
  return read_value_of(a, v, f);
}

static bool read_value_of(aggregate *a, weir_value *v, weir_def_field *f) {
  bool repeated = f->label == WEIR_LABEL_REPEATED;
  if (!repeated && weir_value_find(v, f)) {
    *a->error = weir_schema_printf(
        a->schema, "Non-repeated field \"" WEIR_FMT "\" is specified multiple times.", WEIR_ARG(f->def.name));
    return false;
  }
  if (!take(a, ":") && !f->message) return want(a, ":");
  if (!(repeated && at(a, "[") ? read_list(a, v, f) : read_one(a, v, f))) return false;
  skip_separator(a);
  return true;
}

static bool read_fields(aggregate *a, weir_value *v, const char *end) {
  while (!at(a, end) && a->lexer.token.kind != WEIR_TOKEN_END)
    if (!read_field(a, v)) return false;
  return true;
}

weir_value_result weir_value_parse(weir_schema *s, weir_def_file *file, weir_str text, weir_value *v,
                                   weir_str *error) {
  aggregate a = {.schema = s, .file = file, .lexer = weir_lexer_of(s, file, text), .error = error};
  a.lexer.quiet = a.lexer.hash_comments = true;
  weir_lexer_next(&a.lexer);
  bool ok = read_fields(&a, v, "") && (a.lexer.token.kind == WEIR_TOKEN_END || fail_got(&a, "identifier"));
  return ok ? WEIR_VALUE_OK : a.is_unknown ? WEIR_VALUE_UNKNOWN : WEIR_VALUE_BAD;
}
