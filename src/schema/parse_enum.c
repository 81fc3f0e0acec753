/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_enum.c - enums, and the names both enums and messages may reserve. */
#include "schema/parse.h"

bool weir_parse_reserved_names(weir_parser *p, weir_def_message *m, weir_def_enum *e) {
  do {
    weir_reserved_name r = {.pos = p->lexer.token.pos};
    const char *error = m ? "Expected field name string literal." : "Expected enum value string literal.";
    if (!weir_parse_string(p, &r.name, error)) return false;
    if (!weir_is_identifier(r.name))
      weir_schema_warning(p->schema, p->file, r.pos,
                          "Reserved name \"" WEIR_FMT "\" is not a valid identifier.", WEIR_ARG(r.name));
    if (m)
      weir_schema_push(p->schema, &m->reserved_names, r);
    else
      weir_schema_push(p->schema, &e->reserved_names, r);
  } while (weir_parse_take(p, ","));
  weir_doc doc;
  return weir_parse_want_end(p, ";", &doc);
}

static bool parse_reserved_numbers(weir_parser *p, weir_def_enum *e) {
  const char *error = "Expected enum value or number range.";
  do {
    weir_range r = {.def = {.kind = WEIR_DEF_RANGE, .name_pos = p->lexer.token.pos, .file = p->file}};
    if (!weir_parse_signed32(p, &r.start, error)) return false;
    r.end = r.start;
    if (weir_parse_take(p, "to")) {
      if (weir_parse_take(p, "max"))
        r.end = INT32_MAX;
      else if (!weir_parse_signed32(p, &r.end, "Expected integer."))
        return false;
    }
    weir_schema_push(p->schema, &e->reserved_ranges, r);
    error = "Expected enum number range.";
  } while (weir_parse_take(p, ","));
  weir_doc doc;
  return weir_parse_want_end(p, ";", &doc);
}

static bool parse_reserved(weir_parser *p, weir_def_enum *e) {
  weir_lexer_next(&p->lexer);
  if (p->lexer.token.kind == WEIR_TOKEN_STRING) return weir_parse_reserved_names(p, NULL, e);
  if (p->lexer.token.kind != WEIR_TOKEN_IDENT) return parse_reserved_numbers(p, e);
  weir_parse_error(p, "Reserved names must be string literals. (Only editions supports identifiers.)");
  return false;
}

static bool parse_value(weir_parser *p, weir_def_enum *e) {
  weir_def_value *v = weir_schema_alloc(p->schema, sizeof *v);
  v->def =
      (weir_def){.kind = WEIR_DEF_VALUE, .name_pos = p->lexer.token.pos, .parent = &e->def, .file = p->file};
  weir_schema_push(p->schema, &e->values, v);
  if (!weir_parse_ident(p, &v->def.name, "Expected enum constant name.")) return false;
  if (!weir_parse_want_or(p, "=", "Missing numeric value for enum constant.")) return false;
  v->number_pos = p->lexer.token.pos;
  return weir_parse_signed32(p, &v->number, "Expected integer.") &&
         weir_parse_option_list(p, &v->def.options) && weir_parse_want_end(p, ";", &v->def.doc);
}

static bool parse_statement(weir_parser *p, weir_def_enum *e) {
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &e->def.options);
  if (weir_parse_at(p, "reserved")) return parse_reserved(p, e);
  return parse_value(p, e);
}

static int compare_int32(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static bool has_aliases(weir_parser *p, const weir_def_enum *e) {
  int32_t *numbers = weir_schema_alloc(p->schema, (e->values.len + 1) * sizeof *numbers);
  for (uint32_t i = 0; i < e->values.len; i++) numbers[i] = e->values.data[i]->number;
  qsort(numbers, e->values.len, sizeof *numbers, compare_int32);
  for (uint32_t i = 1; i < e->values.len; i++)
    if (numbers[i] == numbers[i - 1]) return true;
  return false;
}

/* Options that say nothing clutter a file, or hide a later mistake. */
static bool check_allow_alias(weir_parser *p, const weir_def_enum *e) {
  for (uint32_t i = 0; i < e->def.options.list.len; i++) {
    const weir_option *o = &e->def.options.list.data[i];
    if (o->name.len != 1 || o->name.data[0].is_extension ||
        !weir_str_eq(o->name.data[0].name, WEIR_STR("allow_alias")))
      continue;
    if (o->kind != WEIR_OPTION_IDENT || !weir_str_eq(o->text, WEIR_STR("true"))) {
      weir_parse_error(p,
                       "\"" WEIR_FMT
                       "\" declares 'option allow_alias = false;' which has no effect. Please remove "
                       "the declaration.",
                       WEIR_ARG(e->def.name));
      return false;
    }
    if (has_aliases(p, e)) return true;
    weir_parse_error(p,
                     "\"" WEIR_FMT
                     "\" declares support for enum aliases but no enum values share field numbers. "
                     "Please remove the unnecessary 'option allow_alias = true;' declaration.",
                     WEIR_ARG(e->def.name));
    return false;
  }
  return true;
}

bool weir_parse_enum(weir_parser *p, weir_def_message *parent) {
  weir_def_enum *e = weir_schema_alloc(p->schema, sizeof *e);
  weir_lexer_next(&p->lexer);
  e->def = (weir_def){.kind = WEIR_DEF_ENUM,
                      .name_pos = p->lexer.token.pos,
                      .parent = parent ? &parent->def : NULL,
                      .file = p->file};
  if (!weir_parse_ident(p, &e->def.name, "Expected enum name.")) return false;
  if (parent)
    weir_schema_push(p->schema, &parent->enums, e);
  else
    weir_schema_push(p->schema, &p->file->enums, e);
  if (!weir_parse_want_end(p, "{", &e->def.doc)) return false;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in enum definition (missing '}').");
      return false;
    }
    if (!parse_statement(p, e)) weir_parse_skip_statement(p);
  }
  return check_allow_alias(p, e);
}
