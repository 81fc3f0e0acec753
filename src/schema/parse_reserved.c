/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_reserved.c - ranges of numbers: extensions, reserved; and reserved names. */
#include "schema/locate.h"

#define MAX_FIELD_NUMBER 536870911 /* 2^29 - 1 */
#define RANGE_MAX        (-1)      /* `max`, until the options of the message are known */

/* Numbers of DescriptorProto, EnumDescriptorProto and their ranges. */
enum { MESSAGE_EXTENSIONS = 5, MESSAGE_RESERVED = 9, MESSAGE_RESERVED_NAMES = 10 };
enum { ENUM_RESERVED = 4, ENUM_RESERVED_NAMES = 5 };
enum { RANGE_START = 1, RANGE_END = 2 };

/* ---- numbers ------------------------------------------------------------------------------------------- */

static bool range_number(weir_parser *p, bool is_enum, int32_t *out, const char *error) {
  if (is_enum) return weir_parse_signed32(p, out, error);
  if (!weir_parse_int32(p, out, error)) return false;
  if (*out != INT32_MAX) return true;
  weir_parse_error(p, "Field number out of bounds.");
  return false;
}

static bool range_end(weir_parser *p, bool is_enum, weir_range *r, const weir_token *first) {
  bool has_end = weir_parse_take(p, "to");
  weir_loc loc = weir_loc_field(p, r->def.loc, RANGE_END);
  if (!has_end) {
    weir_loc_span(p, loc, first, first);
    r->end = is_enum ? r->start : r->start + 1;
    return true;
  }
  if (weir_parse_take(p, "max")) {
    r->end = is_enum ? INT32_MAX : RANGE_MAX;
  } else {
    if (!range_number(p, is_enum, &r->end, "Expected integer.")) return false;
    if (!is_enum) r->end++;
  }
  weir_loc_close(p, loc);
  return true;
}

/* n [to m|max]; the end becomes exclusive, but in enums. */
static bool parse_range(weir_parser *p, bool is_enum, weir_range *r, const char *error) {
  weir_token first = p->lexer.token;
  weir_loc loc = weir_loc_field(p, r->def.loc, RANGE_START);
  if (!range_number(p, is_enum, &r->start, error)) return false;
  weir_loc_close(p, loc);
  if (!range_end(p, is_enum, r, &first)) return false;
  weir_loc_close(p, r->def.loc);
  return true;
}

static weir_range range_begin(weir_parser *p, weir_def *owner, weir_loc block, uint32_t index) {
  weir_range r = {
      .def = {.kind = WEIR_DEF_RANGE, .name_pos = p->lexer.token.pos, .parent = owner, .file = p->file}};
  r.def.loc = weir_loc_same(p, block);
  weir_loc_add(p, r.def.loc, (int32_t)index);
  return r;
}

bool weir_parse_extensions(weir_parser *p, weir_def_message *m) {
  weir_loc block = weir_loc_field(p, m->def.loc, MESSAGE_EXTENSIONS);
  weir_lexer_next(&p->lexer);
  uint32_t first = m->extension_ranges.len;
  do {
    weir_range r = range_begin(p, &m->def, block, m->extension_ranges.len);
    if (!parse_range(p, false, &r, "Expected field number range.")) return false;
    weir_schema_push(p->schema, &m->extension_ranges, r);
  } while (weir_parse_take(p, ","));
  return weir_parse_range_options(p, m, first, block) && weir_parse_end(p, ";", block);
}

static bool reserved_numbers(weir_parser *p, weir_def *owner, weir_loc block) {
  bool is_enum = owner->kind == WEIR_DEF_ENUM;
  weir_def_message *m = (weir_def_message *)(void *)owner;
  weir_def_enum *e = (weir_def_enum *)(void *)owner;
  const char *error =
      is_enum ? "Expected enum value or number range." : "Expected field name or number range.";
  do {
    weir_range r = range_begin(p, owner, block, is_enum ? e->reserved_ranges.len : m->reserved_ranges.len);
    if (!parse_range(p, is_enum, &r, error)) return false;
    if (is_enum)
      weir_schema_push(p->schema, &e->reserved_ranges, r);
    else
      weir_schema_push(p->schema, &m->reserved_ranges, r);
    error = is_enum ? "Expected enum number range." : "Expected field number range.";
  } while (weir_parse_take(p, ","));
  return weir_parse_end(p, ";", block);
}

static const weir_option *find_plain_option(const weir_options *options, const char *name) {
  for (uint32_t i = 0; i < options->list.len; i++) {
    const weir_option *o = &options->list.data[i];
    if (o->name.len == 1 && !o->name.data[0].is_extension &&
        weir_str_eq(o->name.data[0].name, weir_str_of(name)) && o->kind == WEIR_OPTION_IDENT &&
        weir_str_eq(o->text, WEIR_STR("true")))
      return o;
  }
  return NULL;
}

void weir_parse_settle_max(weir_def_message *m) {
  bool is_set = find_plain_option(&m->def.options, "message_set_wire_format") != NULL;
  int32_t max = is_set ? INT32_MAX : MAX_FIELD_NUMBER + 1;
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    if (m->extension_ranges.data[i].end == RANGE_MAX) m->extension_ranges.data[i].end = max;
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++)
    if (m->reserved_ranges.data[i].end == RANGE_MAX) m->reserved_ranges.data[i].end = max;
}

/* ---- names --------------------------------------------------------------------------------------------- */

static bool reserved_literal(weir_parser *p, weir_reserved_name *r, bool is_enum) {
  const char *error = is_enum ? "Expected enum value string literal." : "Expected field name string literal.";
  if (!weir_parse_string(p, &r->name, error)) return false;
  if (!weir_is_identifier(r->name))
    weir_schema_warning(p->schema, p->file, r->pos,
                        "Reserved name \"" WEIR_FMT "\" is not a valid identifier.", WEIR_ARG(r->name));
  return true;
}

static bool reserved_names(weir_parser *p, weir_def *owner, weir_loc block, bool are_literals) {
  bool is_enum = owner->kind == WEIR_DEF_ENUM;
  weir_def_message *m = (weir_def_message *)(void *)owner;
  weir_def_enum *e = (weir_def_enum *)(void *)owner;
  const char *error = is_enum ? "Expected enum value identifier." : "Expected field name identifier.";
  do {
    weir_reserved_name r = {.pos = p->lexer.token.pos};
    weir_loc loc = weir_loc_same(p, block);
    weir_loc_add(p, loc, (int32_t)(is_enum ? e->reserved_names.len : m->reserved_names.len));
    if (!(are_literals ? reserved_literal(p, &r, is_enum) : weir_parse_ident(p, &r.name, error)))
      return false;
    weir_loc_close(p, loc);
    if (is_enum)
      weir_schema_push(p->schema, &e->reserved_names, r);
    else
      weir_schema_push(p->schema, &m->reserved_names, r);
  } while (weir_parse_take(p, ","));
  return weir_parse_end(p, ";", block);
}

bool weir_parse_reserved(weir_parser *p, weir_def *owner) {
  bool is_enum = owner->kind == WEIR_DEF_ENUM, editions = p->file->syntax == WEIR_EDITIONS;
  weir_pos start = p->lexer.token.pos;
  weir_lexer_next(&p->lexer);
  bool literal = p->lexer.token.kind == WEIR_TOKEN_STRING, word = p->lexer.token.kind == WEIR_TOKEN_IDENT;
  if ((literal && editions) || (word && !editions)) {
    weir_parse_error(
        p, editions ? "Reserved names must be identifiers in editions, not string literals."
                    : "Reserved names must be string literals. (Only editions supports identifiers.)");
    return false;
  }
  int32_t names = is_enum ? ENUM_RESERVED_NAMES : MESSAGE_RESERVED_NAMES;
  int32_t numbers = is_enum ? ENUM_RESERVED : MESSAGE_RESERVED;
  weir_loc block = weir_loc_field(p, owner->loc, literal || word ? names : numbers);
  weir_loc_start_at(p, block, start);
  return literal || word ? reserved_names(p, owner, block, literal) : reserved_numbers(p, owner, block);
}
