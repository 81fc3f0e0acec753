/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* aggregate.c - the text format, as option values are written in it. */
#include "schema/feature.h"
#include "schema/link.h"
#include "schema/token.h"
#include "schema/value.h"

#include <math.h>

#define MAX_DEPTH 1000

typedef struct aggregate {
  weir_schema *schema;
  weir_def_file *file; /* in which names are looked up */
  weir_lexer lexer;
  weir_str *error;
  int depth;
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

static bool fail_got_lower(aggregate *a, const char *expected, bool lower) {
  weir_str text = weir_schema_dup(a->schema, a->lexer.token.text);
  for (size_t i = 0; lower && i < text.len; i++)
    if (text.data[i] >= 'A' && text.data[i] <= 'Z') ((char *)(uintptr_t)text.data)[i] |= 0x20;
  *a->error = weir_schema_printf(a->schema, "Expected %s, got: " WEIR_FMT, expected, WEIR_ARG(text));
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
  if (!weir_literal_integer(a->lexer.token.text, negative ? max + 1 : max, &value)) {
    *a->error =
        weir_schema_printf(a->schema, "Integer out of range (" WEIR_FMT ")", WEIR_ARG(a->lexer.token.text));
    return false;
  }
  e->bits = negative ? 0 - value : value;
  weir_lexer_next(&a->lexer);
  return true;
}

/* Decimal alone; what is more than 64 bits is read as a real. */
static bool read_decimal(aggregate *a, double *value) {
  weir_str text = a->lexer.token.text;
  if (text.len > 1 && text.data[0] == '0') {
    *a->error = weir_schema_printf(a->schema, "Expect a decimal number, got: " WEIR_FMT, WEIR_ARG(text));
    return false;
  }
  uint64_t integer;
  *value = weir_literal_integer(text, UINT64_MAX, &integer) ? (double)integer
                                                            : weir_literal_float(a->schema, text);
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
  if (t->kind == WEIR_TOKEN_INT) {
    if (!read_decimal(a, &value)) return false;
  } else if (t->kind == WEIR_TOKEN_FLOAT) {
    value = weir_literal_float(a->schema, t->text);
  } else if (t->kind == WEIR_TOKEN_IDENT && (is_word(t->text, "inf") || is_word(t->text, "infinity"))) {
    value = HUGE_VAL;
  } else if (t->kind == WEIR_TOKEN_IDENT && is_word(t->text, "nan")) {
    value = NAN;
  } else {
    return fail_got_lower(a, "double", t->kind == WEIR_TOKEN_IDENT);
  }
  if (negative) value = -value;
  weir_value_set_real(e, is_float, value);
  weir_lexer_next(&a->lexer);
  return true;
}

static bool read_bool(aggregate *a, weir_value_entry *e) {
  weir_str text = a->lexer.token.text;
  if (a->lexer.token.kind == WEIR_TOKEN_INT) return read_integer(a, e, false, 1);
  if (a->lexer.token.kind != WEIR_TOKEN_IDENT) return fail_got(a, "identifier");
  bool yes = weir_str_eq(text, WEIR_STR("true")) || weir_str_eq(text, WEIR_STR("True")) ||
             weir_str_eq(text, WEIR_STR("t"));
  bool no = weir_str_eq(text, WEIR_STR("false")) || weir_str_eq(text, WEIR_STR("False")) ||
            weir_str_eq(text, WEIR_STR("f"));
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

static bool unknown_value(aggregate *a, const weir_value_entry *e, weir_str text) {
  *a->error = weir_schema_printf(a->schema,
                                 "Unknown enumeration value of \"" WEIR_FMT "\" for field \"" WEIR_FMT "\".",
                                 WEIR_ARG(text), WEIR_ARG(e->field->def.name));
  return false;
}

/* An open enum takes any number. */
static bool read_enum(aggregate *a, weir_value_entry *e) {
  const weir_def_enum *d = e->field->enumeration;
  bool is_name = a->lexer.token.kind == WEIR_TOKEN_IDENT;
  weir_str text = a->lexer.token.text;
  if (!is_name) {
    if (!at(a, "-") && a->lexer.token.kind != WEIR_TOKEN_INT) return fail_got(a, "integer or identifier");
    if (!read_integer(a, e, true, INT32_MAX)) return false;
    text = weir_schema_printf(a->schema, "%d", (int)e->bits);
  }
  for (uint32_t i = 0; i < d->values.len; i++) {
    const weir_def_value *v = d->values.data[i];
    if (!(is_name ? weir_str_eq(v->def.name, text) : v->number == (int32_t)e->bits)) continue;
    e->bits = (uint64_t)(int64_t)v->number;
    if (is_name) weir_lexer_next(&a->lexer);
    return true;
  }
  bool is_open = d->def.features && !weir_enum_is_closed(d);
  return (!is_name && is_open) || unknown_value(a, e, text);
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
  case WEIR_TYPE_FIXED64: return read_integer(a, e, false, UINT64_MAX);
  case WEIR_TYPE_FLOAT: return read_real(a, e, true);
  case WEIR_TYPE_DOUBLE: return read_real(a, e, false);
  case WEIR_TYPE_BOOL: return read_bool(a, e);
  case WEIR_TYPE_ENUM: return read_enum(a, e);
  default: return read_string(a, e);
  }
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static bool read_fields(aggregate *a, weir_value *v, bool inside);

static bool deeper(aggregate *a) {
  if (++a->depth <= MAX_DEPTH) return true;
  *a->error = weir_schema_printf(
      a->schema, "Message is too deep, the parser exceeded the configured recursion limit of %d.", MAX_DEPTH);
  return false;
}

/* `{` or `<`, and what ends with it. */
static bool open_message(aggregate *a, const char **end) {
  *end = take(a, "<") ? ">" : "}";
  return **end == '>' || want(a, "{");
}

static bool read_message(aggregate *a, weir_value_entry *e) {
  const char *end;
  if (!open_message(a, &end) || !deeper(a)) return false;
  e->message = weir_value_new(a->schema, e->field->message);
  bool ok = read_fields(a, e->message, true) && want(a, end);
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
  for (;;) {
    if (!read_one(a, v, f)) return false;
    if (take(a, "]")) return true;
    if (!want(a, ",")) return false;
  }
}

static void skip_separator(aggregate *a) {
  if (!take(a, ";")) take(a, ",");
}

/* A group, or what is delimited in editions and looks like one, goes by the name of its message too. */
static bool is_group_like(const weir_def_field *f) {
  if (f->type != WEIR_TYPE_GROUP || f->message->def.file != f->def.file) return false;
  weir_str name = f->def.name, type = f->message->def.name;
  if (name.len != type.len || f->message->def.parent != f->def.parent) return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = type.data[i];
    if (name.data[i] != (c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c)) return false;
  }
  return true;
}

static weir_def_field *find_field(const weir_def_message *m, weir_str name) {
  weir_def_field *f = weir_message_field(m, name);
  for (uint32_t i = 0; !f && i < m->fields.len; i++)
    if (is_group_like(m->fields.data[i]) && weir_str_eq(m->fields.data[i]->message->def.name, name))
      f = m->fields.data[i];
  return f;
}

static bool is_reserved_name(const weir_def_message *m, weir_str name) {
  for (uint32_t i = 0; i < m->reserved_names.len; i++)
    if (weir_str_eq(m->reserved_names.data[i].name, name)) return true;
  return false;
}

/* ---- fields whose names are reserved: skipped, whatever they may have been ----------------------------------- */

static bool skip_field(aggregate *a);

static bool skip_message(aggregate *a) {
  const char *end;
  if (!deeper(a) || !open_message(a, &end)) return false;
  while (!at(a, ">") && !at(a, "}"))
    if (!skip_field(a)) return false;
  a->depth--;
  return want(a, end);
}

static bool skip_value(aggregate *a);

static bool skip_list(aggregate *a) {
  if (take(a, "]")) return true;
  for (;;) {
    if (!(at(a, "{") || at(a, "<") ? skip_message(a) : skip_value(a))) return false;
    if (take(a, "]")) return true;
    if (!want(a, ",")) return false;
  }
}

static bool skip_scalar(aggregate *a) {
  bool negative = take(a, "-");
  const weir_token *t = &a->lexer.token;
  if (t->kind != WEIR_TOKEN_INT && t->kind != WEIR_TOKEN_FLOAT && t->kind != WEIR_TOKEN_IDENT) {
    *a->error = weir_schema_printf(a->schema, "Cannot skip field value, unexpected token: " WEIR_FMT,
                                   WEIR_ARG(t->text));
    return false;
  }
  if (negative && t->kind == WEIR_TOKEN_IDENT && !is_word(t->text, "inf") && !is_word(t->text, "infinity") &&
      !is_word(t->text, "nan")) {
    *a->error = weir_schema_printf(a->schema, "Invalid float number: " WEIR_FMT, WEIR_ARG(t->text));
    return false;
  }
  weir_lexer_next(&a->lexer);
  return true;
}

static bool skip_value(aggregate *a) {
  if (!deeper(a)) return false;
  bool ok = true;
  if (a->lexer.token.kind == WEIR_TOKEN_STRING)
    while (a->lexer.token.kind == WEIR_TOKEN_STRING) weir_lexer_next(&a->lexer);
  else
    ok = take(a, "[") ? skip_list(a) : skip_scalar(a);
  a->depth--;
  return ok;
}

static bool skip_after_name(aggregate *a) {
  bool colon = take(a, ":");
  bool ok = colon && !at(a, "{") && !at(a, "<") ? skip_value(a) : skip_message(a);
  if (ok) skip_separator(a);
  return ok;
}

static bool read_bracketed(aggregate *a, weir_str *prefix, weir_str *name);

static bool skip_field(aggregate *a) {
  weir_str prefix, name;
  if (at(a, "[")) {
    if (!read_bracketed(a, &prefix, &name)) return false;
  } else {
    if (a->lexer.token.kind != WEIR_TOKEN_IDENT) return fail_got(a, "identifier");
    weir_lexer_next(&a->lexer);
  }
  return skip_after_name(a);
}

/* ---- extensions and Any ------------------------------------------------------------------------------------ */

static bool is_url_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c && strchr("-.~_!$&()*+,;=%/", c));
}

/* The characters between brackets are no tokens: a URL may hold what no name can. */
static weir_str read_url(aggregate *a) {
  weir_bytes text = weir_bytes_in(a->schema->mem);
  weir_lexer *lx = &a->lexer;
  for (;;) {
    const char *from = lx->at;
    while (lx->at < lx->end && is_url_char(*lx->at)) {
      lx->at++;
      lx->pos.col++;
    }
    weir_bytes_append(&text, from, (size_t)(lx->at - from));
    weir_lexer before = *lx; /* blanks may part them */
    weir_lexer_next(lx);
    bool more = lx->token.kind != WEIR_TOKEN_END && is_url_char(lx->token.text.data[0]);
    if (!more) break;
    size_t blanks = (size_t)(lx->token.text.data - before.at);
    *lx = before;
    lx->at += blanks;
  }
  weir_bytes_append(&text, "", 1);
  if (text.failed) weir_schema_check(a->schema, (weir_str){NULL, 0});
  return (weir_str){text.data, text.len - 1};
}

static bool check_prefix(aggregate *a, weir_str prefix) {
  static const char digits[] = "0123456789abcdefABCDEF";
  if (weir_str_eq(prefix, WEIR_STR("/"))) return fail(a, "Type URL prefix is empty");
  if (prefix.len && prefix.data[0] == '/') return fail(a, "Type URL starts with \"/\"");
  for (size_t i = 0; i < prefix.len; i++) {
    if (prefix.data[i] != '%') continue;
    if (i + 2 < prefix.len && strchr(digits, prefix.data[i + 1]) && strchr(digits, prefix.data[i + 2]))
      continue;
    size_t len = prefix.len - i < 3 ? prefix.len - i : 3;
    *a->error = weir_schema_printf(a->schema, "Invalid percent encode, got: \"" WEIR_FMT "\"", (int)len,
                                   prefix.data + i);
    return false;
  }
  return true;
}

static bool check_type_name(aggregate *a, weir_str name) {
  for (size_t from = 0;;) {
    size_t end = from;
    while (end < name.len && name.data[end] != '.') end++;
    weir_str part = {name.data + from, end - from};
    if (!weir_is_identifier(part)) {
      *a->error = weir_schema_printf(a->schema, "Invalid identifier in type name, got: \"" WEIR_FMT "\"",
                                     WEIR_ARG(part));
      return false;
    }
    if (end == name.len) return true;
    from = end + 1;
  }
}

/* What stands in brackets: the name of an extension, or the URL of an Any's type, parted behind its last slash. */
static bool read_bracketed(aggregate *a, weir_str *prefix, weir_str *name) {
  weir_str text = read_url(a);
  if (a->lexer.token.text.len > 1)
    a->lexer.token.text.len = 1; /* here, what is no character of a URL stands for itself */
  if (!want(a, "]")) return false;
  const char *slash = memrchr(text.data, '/', text.len);
  size_t len = slash ? (size_t)(slash - text.data) + 1 : 0;
  *prefix = (weir_str){text.data, len};
  *name = (weir_str){text.data + len, text.len - len};
  return check_prefix(a, *prefix) && check_type_name(a, *name);
}

static bool is_any(const weir_def_message *m) {
  return weir_str_eq(m->def.full_name, WEIR_STR("google.protobuf.Any")) &&
         weir_message_field(m, WEIR_STR("type_url")) && weir_message_field(m, WEIR_STR("value"));
}

static weir_def_message *find_any_type(aggregate *a, weir_str prefix, weir_str name) {
  if (!weir_str_eq(prefix, WEIR_STR("type.googleapis.com/")) &&
      !weir_str_eq(prefix, WEIR_STR("type.googleprod.com/")))
    return NULL;
  weir_lookup l = {0};
  weir_def *d = weir_link_find(a->schema, a->file, name, &l);
  return d && d->kind == WEIR_DEF_MESSAGE ? (weir_def_message *)(void *)d : NULL;
}

static weir_str encode_any(aggregate *a, const weir_value *v) {
  weir_bytes out = weir_bytes_in(a->schema->mem);
  weir_value_encode(a->schema, v, false, &out);
  if (out.failed) weir_schema_check(a->schema, (weir_str){NULL, 0});
  return out.len ? weir_bytes_view(&out) : WEIR_STR("");
}

/* [type.googleapis.com/a.B] { ... } in an Any: its URL, and the encoded message. */
static bool read_any(aggregate *a, weir_value *v) {
  weir_str prefix, name;
  if (!read_bracketed(a, &prefix, &name)) return false;
  if (!prefix.len) return fail(a, "Type URL prefix is missing");
  take(a, ":");
  weir_str url = {prefix.data, prefix.len + name.len};
  weir_def_field inner = {.message = find_any_type(a, prefix, name)};
  if (!inner.message) {
    *a->error = weir_schema_printf(
        a->schema, "Could not find type \"" WEIR_FMT "\" stored in google.protobuf.Any.", WEIR_ARG(url));
    return false;
  }
  weir_value_entry e = {.field = &inner};
  if (!read_message(a, &e)) return false;
  weir_str missing = weir_value_missing(a->schema, e.message);
  if (missing.len) {
    *a->error = weir_schema_printf(a->schema,
                                   "Value of type \"" WEIR_FMT
                                   "\" stored in google.protobuf.Any has missing required fields: " WEIR_FMT,
                                   WEIR_ARG(inner.message->def.full_name), WEIR_ARG(missing));
    return false;
  }
  weir_def_field *type_url = weir_message_field(v->type, WEIR_STR("type_url"));
  weir_def_field *value = weir_message_field(v->type, WEIR_STR("value"));
  if (weir_value_find(v, type_url) || weir_value_find(v, value))
    return fail(a, "Non-repeated Any specified multiple times.");
  *weir_value_add(a->schema, v, type_url) = (weir_value_entry){.field = type_url, .text = url};
  *weir_value_add(a->schema, v, value) = (weir_value_entry){.field = value, .text = encode_any(a, e.message)};
  skip_separator(a);
  return true;
}

/* In a message set, an extension may go by the name of its message, if that is where it is declared. */
static weir_def_field *message_set_extension(const weir_value *v, weir_def *d) {
  const weir_value_entry *is_set = weir_value_get(v->type->def.options.value, "message_set_wire_format");
  if (!d || d->kind != WEIR_DEF_MESSAGE || !is_set || !is_set->bits) return NULL;
  weir_def_message *m = (weir_def_message *)(void *)d;
  for (uint32_t i = 0; i < m->extensions.len; i++) {
    weir_def_field *f = m->extensions.data[i];
    if (f->extendee == v->type && f->type == WEIR_TYPE_MESSAGE && f->label == WEIR_LABEL_OPTIONAL &&
        f->message == m)
      return f;
  }
  return NULL;
}

static weir_def_field *find_extension(aggregate *a, const weir_value *v, weir_str name) {
  weir_lookup l = weir_link_lookup(a->schema, a->file, name, v->type->def.full_name, false);
  weir_def_field *f = l.found && l.found->kind == WEIR_DEF_FIELD ? (weir_def_field *)(void *)l.found
                                                                 : message_set_extension(v, l.found);
  if (f && f->extendee == v->type) return f;
  *a->error = weir_schema_printf(
      a->schema, "Extension \"" WEIR_FMT "\" is not defined or is not an extension of \"" WEIR_FMT "\".",
      WEIR_ARG(name), WEIR_ARG(v->type->def.full_name));
  return NULL;
}

/* ---- fields that are set ------------------------------------------------------------------------------------ */

/* Once each, and one of a oneof. */
static bool may_set(aggregate *a, const weir_value *v, const weir_def_field *f, weir_str name) {
  if (f->label != WEIR_LABEL_REPEATED && weir_value_find(v, f)) {
    *a->error = weir_schema_printf(
        a->schema, "Non-repeated field \"" WEIR_FMT "\" is specified multiple times.", WEIR_ARG(name));
    return false;
  }
  for (uint32_t i = 0; f->oneof && !f->extendee && i < v->entries.len; i++) {
    const weir_def_field *other = v->entries.data[i].field;
    if (other->oneof != f->oneof || other->extendee) continue;
    *a->error = weir_schema_printf(a->schema,
                                   "Field \"" WEIR_FMT "\" is specified along with field \"" WEIR_FMT
                                   "\", another member of oneof \"" WEIR_FMT "\".",
                                   WEIR_ARG(name), WEIR_ARG(other->def.name), WEIR_ARG(f->oneof->def.name));
    return false;
  }
  return true;
}

static bool read_value_of(aggregate *a, weir_value *v, weir_def_field *f, weir_str name) {
  if (!may_set(a, v, f, name)) return false;
  if (!take(a, ":") && !f->message) return want(a, ":");
  bool is_list = f->label == WEIR_LABEL_REPEATED && at(a, "[");
  if (!(is_list ? read_list(a, v, f) : read_one(a, v, f))) return false;
  skip_separator(a);
  return true;
}

static bool read_extension(aggregate *a, weir_value *v) {
  weir_str prefix, name;
  if (!read_bracketed(a, &prefix, &name)) return false;
  if (prefix.len) return fail(a, "Extension name contains \"/\"");
  weir_def_field *f = find_extension(a, v, name);
  return f && read_value_of(a, v, f, name);
}

static bool read_field(aggregate *a, weir_value *v) {
  if (at(a, "[")) return is_any(v->type) ? read_any(a, v) : read_extension(a, v);
  if (a->lexer.token.kind != WEIR_TOKEN_IDENT) return fail_got(a, "identifier");
  weir_str name = a->lexer.token.text;
  weir_def_field *f = find_field(v->type, name);
  weir_lexer_next(&a->lexer);
  if (f) return read_value_of(a, v, f, name);
  if (is_reserved_name(v->type, name)) return skip_after_name(a);
  *a->error =
      weir_schema_printf(a->schema, "Message type \"" WEIR_FMT "\" has no field named \"" WEIR_FMT "\".",
                         WEIR_ARG(v->type->def.full_name), WEIR_ARG(name));
  return false;
}

static bool read_fields(aggregate *a, weir_value *v, bool inside) {
  while (inside ? !at(a, ">") && !at(a, "}") : a->lexer.token.kind != WEIR_TOKEN_END)
    if (!read_field(a, v)) return false;
  return true;
}

bool weir_value_parse(weir_schema *s, weir_def_file *file, weir_str text, weir_value *v, weir_str *error) {
  aggregate a = {.schema = s, .file = file, .lexer = weir_lexer_of(s, file, text), .error = error};
  a.lexer.quiet = a.lexer.hash_comments = true;
  weir_lexer_next(&a.lexer);
  if (!read_fields(&a, v, false)) return false;
  weir_str missing = weir_value_missing(s, v);
  if (missing.len)
    *error = weir_schema_printf(s, "Message missing required fields: " WEIR_FMT, WEIR_ARG(missing));
  return !missing.len;
}
