/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_enum.c - enums. */
#include "schema/locate.h"

/* Numbers of EnumDescriptorProto and EnumValueDescriptorProto, and of what holds enums. */
enum { FILE_ENUM = 5, MESSAGE_ENUM = 4, ENUM_NAME = 1, ENUM_VALUE = 2, ENUM_OPTIONS = 3 };
enum { VALUE_NAME = 1, VALUE_NUMBER = 2, VALUE_OPTIONS = 3 };

static bool parse_value(weir_parser *p, weir_def_enum *e) {
  weir_def_value *v = weir_schema_alloc(p->schema, sizeof *v);
  v->def =
      (weir_def){.kind = WEIR_DEF_VALUE, .name_pos = p->lexer.token.pos, .parent = &e->def, .file = p->file};
  v->def.loc = weir_loc_item(p, e->def.loc, ENUM_VALUE, e->values.len);
  weir_schema_push(p->schema, &e->values, v);
  weir_loc loc = weir_loc_field(p, v->def.loc, VALUE_NAME);
  if (!weir_parse_ident(p, &v->def.name, "Expected enum constant name.")) return false;
  weir_loc_close(p, loc);
  if (!weir_parse_want_or(p, "=", "Missing numeric value for enum constant.")) return false;
  v->number_pos = p->lexer.token.pos;
  loc = weir_loc_field(p, v->def.loc, VALUE_NUMBER);
  if (!weir_parse_signed32(p, &v->number, "Expected integer.")) return false;
  weir_loc_close(p, loc);
  return weir_parse_option_list(p, &v->def, VALUE_OPTIONS) && weir_parse_finish(p, &v->def);
}

static bool parse_statement(weir_parser *p, weir_def_enum *e) {
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &e->def, ENUM_OPTIONS);
  if (weir_parse_at(p, "reserved")) return weir_parse_reserved(p, &e->def);
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

static weir_def_enum *enum_new(weir_parser *p, weir_def_message *parent) {
  weir_def_enum *e = weir_schema_alloc(p->schema, sizeof *e);
  e->def = (weir_def){.kind = WEIR_DEF_ENUM, .parent = parent ? &parent->def : NULL, .file = p->file};
  if (parent) {
    e->def.loc = weir_loc_item(p, parent->def.loc, MESSAGE_ENUM, parent->enums.len);
    weir_schema_push(p->schema, &parent->enums, e);
  } else {
    e->def.loc = weir_loc_item(p, p->file->def.loc, FILE_ENUM, p->file->enums.len);
    weir_schema_push(p->schema, &p->file->enums, e);
  }
  return e;
}

bool weir_parse_enum(weir_parser *p, weir_def_message *parent, weir_visibility visibility) {
  weir_def_enum *e = enum_new(p, parent);
  weir_lexer_next(&p->lexer);
  e->def.name_pos = p->lexer.token.pos;
  weir_loc loc = weir_loc_field(p, e->def.loc, ENUM_NAME);
  if (!weir_parse_ident(p, &e->def.name, "Expected enum name.")) return false;
  weir_loc_close(p, loc);
  if (!weir_parse_open(p, &e->def)) return false;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in enum definition (missing '}').");
      return false;
    }
    if (!parse_statement(p, e)) weir_parse_skip_statement(p);
  }
  weir_loc_close(p, e->def.loc);
  e->visibility = visibility;
  return check_allow_alias(p, e);
}
