/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_option.c - options as written; what they mean is found by option.c once names are linked. */
#include "schema/locate.h"

#include "schema/text.h"

#include <math.h>

/* (dotted.name) or name */
static bool parse_name_part(weir_parser *p, weir_option *o) {
  weir_option_part part = {.is_extension = weir_parse_take(p, "(")};
  if (!part.is_extension) {
    if (!weir_parse_ident(p, &part.name, "Expected identifier.")) return false;
  } else {
    weir_bytes name = weir_bytes_in(p->schema->mem);
    weir_str word;
    if (p->lexer.token.kind == WEIR_TOKEN_IDENT) {
      weir_bytes_append_str(&name, p->lexer.token.text);
      weir_lexer_next(&p->lexer);
    }
    while (weir_parse_take(p, ".")) {
      weir_bytes_append_cstr(&name, ".");
      if (!weir_parse_ident(p, &word, "Expected identifier.")) return false;
      weir_bytes_append_str(&name, word);
    }
    part.name = name.len || name.failed ? weir_schema_check(p->schema, weir_bytes_view(&name)) : WEIR_STR("");
    if (!weir_parse_want(p, ")")) return false;
  }
  weir_schema_push(p->schema, &o->name, part);
  return true;
}

/* The text between the braces is kept with comments turned into blanks, so that its lines and columns stay
 * what they were. */
static bool parse_aggregate(weir_parser *p, weir_option *o) {
  weir_bytes text = weir_bytes_in(p->schema->mem);
  int depth = 1;
  for (;;) {
    weir_pos last = {p->lexer.token.pos.line, p->lexer.token.end_col};
    weir_lexer_next(&p->lexer);
    const weir_token *t = &p->lexer.token;
    if (t->kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Unexpected end of stream while parsing aggregate value.");
      return false;
    }
    if (weir_parse_at(p, "}") && --depth == 0) break;
    if (weir_parse_at(p, "{")) depth++;
    int lines = t->pos.line - last.line;
    for (int i = 0; i < lines; i++) weir_bytes_append_cstr(&text, "\n");
    for (int i = lines ? 0 : last.col; i < t->pos.col; i++) weir_bytes_append_cstr(&text, " ");
    weir_bytes_append_str(&text, t->text);
  }
  weir_lexer_next(&p->lexer);
  o->kind = WEIR_OPTION_AGGREGATE;
  o->text = text.failed || text.len ? weir_schema_check(p->schema, weir_bytes_view(&text)) : WEIR_STR("");
  return true;
}

static bool parse_word_value(weir_parser *p, weir_option *o, bool negative) {
  weir_parse_ident(p, &o->text, "");
  if (!negative) {
    o->kind = WEIR_OPTION_IDENT;
    return true;
  }
  o->kind = WEIR_OPTION_DOUBLE;
  if (weir_str_eq(o->text, WEIR_STR("inf"))) {
    o->number = -HUGE_VAL;
  } else if (weir_str_eq(o->text, WEIR_STR("nan"))) {
    o->number = NAN;
  } else {
    weir_parse_error(p, "Identifier after '-' symbol must be inf or nan.");
    return false;
  }
  return true;
}

/* An integer too large for 64 bits is a double. */
static bool parse_number_value(weir_parser *p, weir_option *o, bool negative) {
  uint64_t max = negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX;
  if (p->lexer.token.kind == WEIR_TOKEN_INT && weir_literal_integer(p->lexer.token.text, max, &o->integer)) {
    o->kind = negative ? WEIR_OPTION_NEGATIVE : WEIR_OPTION_POSITIVE;
    if (negative) o->integer = 0 - o->integer;
    weir_lexer_next(&p->lexer);
    return true;
  }
  o->kind = WEIR_OPTION_DOUBLE;
  if (!weir_parse_number(p, &o->number, "Expected number.")) return false;
  if (negative) o->number = -o->number;
  return true;
}

static bool parse_value(weir_parser *p, weir_option *o) {
  o->value_pos = p->lexer.token.pos;
  bool negative = weir_parse_take(p, "-");
  switch (p->lexer.token.kind) {
  case WEIR_TOKEN_IDENT: return parse_word_value(p, o, negative);
  case WEIR_TOKEN_INT:
  case WEIR_TOKEN_FLOAT: return parse_number_value(p, o, negative);
  case WEIR_TOKEN_STRING:
    if (negative) {
      weir_parse_error(p, "Invalid '-' symbol before string.");
      return false;
    }
    o->kind = WEIR_OPTION_STRING;
    return weir_parse_string(p, &o->text, "");
  case WEIR_TOKEN_START:
  case WEIR_TOKEN_END:
    weir_parse_error(p, "Unexpected end of stream while parsing option value.");
    return false;
  case WEIR_TOKEN_SYMBOL: break;
  }
  if (weir_parse_at(p, "{")) return parse_aggregate(p, o);
  weir_parse_error(p, "Expected option value.");
  return false;
}

/* name = value, with `option` before it and `;` behind it if it is a statement. Its location is put under that of the
 * options message; option.c completes its path. */
static bool parse_option(weir_parser *p, weir_def *def, weir_loc options, bool is_statement) {
  weir_option o = {.loc = weir_loc_same(p, options)};
  if (is_statement && !weir_parse_want(p, "option")) return false;
  o.name_pos = p->lexer.token.pos;
  do {
    if (!parse_name_part(p, &o)) return false;
  } while (weir_parse_take(p, "."));
  if (!weir_parse_want(p, "=") || !parse_value(p, &o)) return false;
  weir_schema_push(p->schema, &def->options.list, o);
  if (is_statement) return weir_parse_end(p, ";", o.loc);
  weir_loc_close(p, o.loc);
  return true;
}

bool weir_parse_option_statement(weir_parser *p, weir_def *def, int32_t field) {
  weir_loc loc = weir_loc_field(p, def->loc, field);
  bool ok = parse_option(p, def, loc, true);
  weir_loc_close(p, loc);
  return ok;
}

bool weir_parse_option_list(weir_parser *p, weir_def *def, int32_t field) {
  if (!weir_parse_at(p, "[")) return true;
  weir_loc loc = weir_loc_field(p, def->loc, field);
  weir_lexer_next(&p->lexer);
  do {
    if (!parse_option(p, def, loc, false)) return false;
  } while (weir_parse_take(p, ","));
  if (!weir_parse_want(p, "]")) return false;
  weir_loc_close(p, loc);
  return true;
}

#define RANGE_OPTIONS 3 /* descriptor.proto, ExtensionRange */

/* `extensions 1, 5 to 9 [a = b];` gives every range the options, and the locations of them. */
bool weir_parse_range_options(weir_parser *p, weir_def_message *m, uint32_t first, weir_loc block) {
  if (!weir_parse_at(p, "[")) return true;
  weir_def shared = {.kind = WEIR_DEF_RANGE, .file = p->file, .loc = block};
  uint32_t from = p->file->locations.len;
  if (!weir_parse_option_list(p, &shared, RANGE_OPTIONS)) return false;
  uint32_t recorded = p->file->locations.len - from;
  uint32_t skip = recorded ? p->file->locations.data[block].path_len : 0;
  weir_loc base = p->file->locations.len;
  for (uint32_t i = first; i < m->extension_ranges.len; i++) {
    weir_options *options = &m->extension_ranges.data[i].def.options;
    for (uint32_t k = 0; k < shared.options.list.len; k++)
      weir_schema_push(p->schema, &options->list, shared.options.list.data[k]);
    for (uint32_t k = 0; k < recorded; k++)
      weir_loc_copy(p, from + k, skip, m->extension_ranges.data[i].def.loc);
    for (uint32_t k = 0; recorded && k < options->list.len; k++)
      options->list.data[k].loc = options->list.data[k].loc - from + base - recorded;
    base += recorded;
  }
  weir_location *all = p->file->locations.data; /* the shared ones were a draft */
  if (recorded)
    memmove(all + from, all + from + recorded, (p->file->locations.len - from - recorded) * sizeof *all);
  p->file->locations.len -= recorded;
  return true;
}

#define METHOD_OPTIONS 4 /* descriptor.proto, MethodDescriptorProto */

/* Each option of a method has the location of the options message to itself, as it is said anew each time. */
bool weir_parse_method_options(weir_parser *p, weir_def *method) {
  weir_parse_open(p, method);
  method->options.is_block = true;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in method options (missing '}').");
      return false;
    }
    if (weir_parse_take_end(p, ";", NULL)) continue;
    if (!weir_parse_option_statement(p, method, METHOD_OPTIONS)) weir_parse_skip_statement(p);
  }
  weir_loc_close(p, method->loc);
  return true;
}

/* Numbers of FieldDescriptorProto. */
enum { DEFAULT_VALUE = 7, FIELD_OPTIONS = 8, JSON_NAME = 10 };

/* ---- default and json_name: written like options, but parts of the field ---------------------------------- */

static bool default_integer(weir_parser *p, weir_def_field *f, bool is_signed, bool is_64) {
  bool negative = weir_parse_at(p, "-");
  if (negative) {
    weir_lexer_next(&p->lexer);
    if (!is_signed) weir_parse_error(p, "Unsigned field can't have negative default value.");
  }
  uint64_t max = is_64 ? (is_signed ? INT64_MAX : UINT64_MAX) : (is_signed ? INT32_MAX : UINT32_MAX);
  if (is_signed && negative) max++;
  uint64_t value;
  if (!weir_parse_uint64(p, max, &value, "Expected integer for field default value.")) return false;
  f->default_text =
      weir_schema_printf(p->schema, "%s%llu", negative && value ? "-" : "", (unsigned long long)value);
  return true;
}

static bool default_real(weir_parser *p, weir_def_field *f) {
  bool negative = weir_parse_take(p, "-");
  double value = 0;
  if (!weir_parse_number(p, &value, "Expected number.")) return false;
  if (negative) value = -value;
  f->default_text = f->type == WEIR_TYPE_FLOAT ? weir_text_of_float(p->schema, (float)value)
                                               : weir_text_of_double(p->schema, value);
  return true;
}

static bool default_bool(weir_parser *p, weir_def_field *f) {
  f->default_text = p->lexer.token.text;
  if (weir_parse_take(p, "true") || weir_parse_take(p, "false")) return true;
  weir_parse_error(p, "Expected \"true\" or \"false\".");
  return false;
}

static bool default_bytes(weir_parser *p, weir_def_field *f) {
  weir_str value;
  if (!weir_parse_string(p, &value, "Expected string.")) return false;
  f->default_text = weir_text_escape(p->schema, value);
  return true;
}

/* Of a type that is only a name yet, any token is taken: the linker knows whether it is an enum's value. */
static bool default_value(weir_parser *p, weir_def_field *f) {
  switch (f->type) {
  case WEIR_TYPE_UNRESOLVED:
    f->default_text = p->lexer.token.text;
    weir_lexer_next(&p->lexer);
    return true;
  case WEIR_TYPE_INT32:
  case WEIR_TYPE_SINT32:
  case WEIR_TYPE_SFIXED32: return default_integer(p, f, true, false);
  case WEIR_TYPE_INT64:
  case WEIR_TYPE_SINT64:
  case WEIR_TYPE_SFIXED64: return default_integer(p, f, true, true);
  case WEIR_TYPE_UINT32:
  case WEIR_TYPE_FIXED32: return default_integer(p, f, false, false);
  case WEIR_TYPE_UINT64:
  case WEIR_TYPE_FIXED64: return default_integer(p, f, false, true);
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_DOUBLE: return default_real(p, f);
  case WEIR_TYPE_BOOL: return default_bool(p, f);
  case WEIR_TYPE_STRING:
    return weir_parse_string(p, &f->default_text, "Expected string for field default value.");
  case WEIR_TYPE_BYTES: return default_bytes(p, f);
  case WEIR_TYPE_GROUP:
  case WEIR_TYPE_MESSAGE:
  case WEIR_TYPE_ENUM: break;
  }
  weir_parse_error(p, "Messages can't have default values.");
  return false;
}

static bool parse_default(weir_parser *p, weir_def_field *f) {
  if (f->has_default) weir_parse_error(p, "Already set option \"default\".");
  weir_lexer_next(&p->lexer);
  if (!weir_parse_want(p, "=")) return false;
  weir_loc loc = weir_loc_field(p, f->def.loc, DEFAULT_VALUE);
  f->default_pos = p->lexer.token.pos;
  f->has_default = true;
  if (!default_value(p, f)) return false;
  weir_loc_close(p, loc);
  return true;
}

/* Its location stands twice: with the name, and the value alone. */
static bool parse_json_name(weir_parser *p, weir_def_field *f) {
  if (f->has_json_name) weir_parse_error(p, "Already set option \"json_name\".");
  weir_loc loc = weir_loc_field(p, f->def.loc, JSON_NAME);
  f->json_pos = p->lexer.token.pos;
  weir_lexer_next(&p->lexer);
  if (!weir_parse_want(p, "=")) return false;
  weir_loc value = weir_loc_same(p, loc);
  f->has_json_name = true;
  if (!weir_parse_string(p, &f->json_name, "Expected string for JSON name.")) return false;
  weir_loc_close(p, value);
  weir_loc_close(p, loc);
  return true;
}

bool weir_parse_field_options(weir_parser *p, weir_def_field *f) {
  if (!weir_parse_at(p, "[")) return true;
  weir_loc loc = weir_loc_field(p, f->def.loc, FIELD_OPTIONS);
  weir_lexer_next(&p->lexer);
  do {
    bool ok = weir_parse_at(p, "default")     ? parse_default(p, f)
              : weir_parse_at(p, "json_name") ? parse_json_name(p, f)
                                              : parse_option(p, &f->def, loc, false);
    if (!ok) return false;
  } while (weir_parse_take(p, ","));
  if (!weir_parse_want(p, "]")) return false;
  weir_loc_close(p, loc);
  return true;
}
