/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse.c - the parser's verbs, and the statements at the top of a file. */
#include "schema/parse.h"

#include <math.h>

bool weir_parse_at(const weir_parser *p, const char *text) { return weir_token_is(&p->lexer.token, text); }

bool weir_parse_take(weir_parser *p, const char *text) {
  if (!weir_parse_at(p, text)) return false;
  weir_lexer_next(&p->lexer);
  return true;
}

void weir_parse_error(weir_parser *p, const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  weir_schema_error(p->schema, p->file, p->lexer.token.pos, "%s", text);
}

bool weir_parse_want_or(weir_parser *p, const char *text, const char *error) {
  if (weir_parse_take(p, text)) return true;
  weir_parse_error(p, "%s", error);
  return false;
}

bool weir_parse_want(weir_parser *p, const char *text) {
  if (weir_parse_take(p, text)) return true;
  weir_parse_error(p, "Expected \"%s\".", text);
  return false;
}

bool weir_parse_ident(weir_parser *p, weir_str *out, const char *error) {
  if (p->lexer.token.kind != WEIR_TOKEN_IDENT) {
    weir_parse_error(p, "%s", error);
    return false;
  }
  *out = p->lexer.token.text;
  weir_lexer_next(&p->lexer);
  return true;
}

bool weir_parse_uint64(weir_parser *p, uint64_t max, uint64_t *out, const char *error) {
  *out = 0;
  if (p->lexer.token.kind != WEIR_TOKEN_INT) {
    weir_parse_error(p, "%s", error);
    return false;
  }
  if (!weir_literal_integer(p->lexer.token.text, max, out)) weir_parse_error(p, "Integer out of range.");
  weir_lexer_next(&p->lexer);
  return true;
}

bool weir_parse_int32(weir_parser *p, int32_t *out, const char *error) {
  uint64_t value;
  if (!weir_parse_uint64(p, INT32_MAX, &value, error)) return false;
  *out = (int32_t)value;
  return true;
}

bool weir_parse_signed32(weir_parser *p, int32_t *out, const char *error) {
  bool negative = weir_parse_take(p, "-");
  uint64_t value;
  if (!weir_parse_uint64(p, (uint64_t)INT32_MAX + (negative ? 1 : 0), &value, error)) return false;
  *out = (int32_t)(negative ? -(int64_t)value : (int64_t)value);
  return true;
}

bool weir_parse_number(weir_parser *p, double *out, const char *error) {
  const weir_token *t = &p->lexer.token;
  uint64_t value = 0;
  if (t->kind == WEIR_TOKEN_FLOAT) {
    *out = weir_literal_float(p->schema, t->text);
  } else if (t->kind == WEIR_TOKEN_INT) {
    if (weir_literal_integer(t->text, UINT64_MAX, &value))
      *out = (double)value;
    else if (t->text.data[0] == '0')
      weir_parse_error(p, "Integer out of range.");
    else
      *out = weir_literal_float(p->schema, t->text);
  } else if (weir_parse_at(p, "inf")) {
    *out = HUGE_VAL;
  } else if (weir_parse_at(p, "nan")) {
    *out = NAN;
  } else {
    weir_parse_error(p, "%s", error);
    return false;
  }
  weir_lexer_next(&p->lexer);
  return true;
}

/* Adjacent string tokens are one string. */
bool weir_parse_string(weir_parser *p, weir_str *out, const char *error) {
  if (p->lexer.token.kind != WEIR_TOKEN_STRING) {
    weir_parse_error(p, "%s", error);
    return false;
  }
  weir_bytes text = weir_bytes_in(p->schema->mem);
  while (p->lexer.token.kind == WEIR_TOKEN_STRING) {
    weir_str token = p->lexer.token.text;
    char *room = weir_bytes_reserve(&text, token.len);
    weir_schema_check(p->schema, (weir_str){room, 0});
    text.len += weir_literal_unescape(token, room);
    weir_lexer_next(&p->lexer);
  }
  *out = weir_bytes_view(&text);
  return true;
}

bool weir_parse_take_end(weir_parser *p, const char *text, weir_doc *doc) {
  if (!weir_parse_at(p, text)) return false;
  weir_doc next;
  weir_lexer_next_doc(&p->lexer, &next);
  if (doc) {
    *doc = p->upcoming;
    doc->trailing = next.trailing;
    p->upcoming.detached.len = 0;
  } else if (*text == '}') {
    p->upcoming.detached.len = 0;
  }
  if (!p->upcoming.detached.len) {
    memcpy(&p->upcoming.detached, &next.detached, sizeof next.detached);
  } else {
    for (uint32_t i = 0; i < next.detached.len; i++)
      weir_schema_push(p->schema, &p->upcoming.detached, next.detached.data[i]);
  }
  p->upcoming.leading = next.leading;
  return true;
}

bool weir_parse_want_end(weir_parser *p, const char *text, weir_doc *doc) {
  if (weir_parse_take_end(p, text, doc)) return true;
  weir_parse_error(p, "Expected \"%s\".", text);
  return false;
}

static void skip_block(weir_parser *p) {
  for (size_t depth = 1; p->lexer.token.kind != WEIR_TOKEN_END;) {
    if (weir_parse_take_end(p, "}", NULL)) {
      if (--depth == 0) return;
    } else if (weir_parse_take(p, "{")) {
      depth++;
    } else {
      weir_lexer_next(&p->lexer);
    }
  }
}

void weir_parse_skip_statement(weir_parser *p) {
  while (p->lexer.token.kind != WEIR_TOKEN_END) {
    if (weir_parse_take_end(p, ";", NULL) || weir_parse_at(p, "}")) return;
    if (weir_parse_take(p, "{")) {
      skip_block(p);
      return;
    }
    weir_lexer_next(&p->lexer);
  }
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static bool parse_edition(weir_parser *p, weir_pos pos, weir_str name) {
  static const struct {
    const char *name;
    int32_t number; /* descriptor.proto, Edition */
  } known[] = {{"2023", 1000}, {"2024", 1001}, {"2026", 1002}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (!weir_str_eq(name, weir_str_of(known[i].name))) continue;
    p->file->syntax = WEIR_EDITIONS;
    p->file->edition = known[i].number;
    weir_schema_error(p->schema, p->file, pos,
                      "Edition \"%s\" is not supported yet; use syntax = \"proto2\" or \"proto3\".",
                      known[i].name);
    return false;
  }
  weir_schema_error(p->schema, p->file, pos, "Unknown edition \"" WEIR_FMT "\".", WEIR_ARG(name));
  return false;
}

static bool parse_syntax(weir_parser *p) {
  bool is_edition = weir_parse_at(p, "edition");
  weir_lexer_next(&p->lexer);
  if (!weir_parse_want(p, "=")) return false;
  weir_pos pos = p->lexer.token.pos;
  weir_str name;
  if (!weir_parse_string(p, &name, "Expected syntax identifier.")) return false;
  if (!weir_parse_want_end(p, ";", &p->file->def.doc)) return false;
  if (is_edition) return parse_edition(p, pos, name);
  if (weir_str_eq(name, WEIR_STR("proto3"))) {
    p->file->syntax = WEIR_PROTO3;
  } else if (!weir_str_eq(name, WEIR_STR("proto2"))) {
    weir_schema_error(p->schema, p->file, pos,
                      "Unrecognized syntax identifier \"" WEIR_FMT
                      "\".  This parser only recognizes \"proto2\" and \"proto3\".",
                      WEIR_ARG(name));
    return false;
  }
  return true;
}

static bool parse_package(weir_parser *p) {
  weir_def_file *file = p->file;
  if (file->has_package) weir_parse_error(p, "Multiple package definitions.");
  file->package_pos = p->lexer.token.pos;
  file->has_package = true;
  weir_lexer_next(&p->lexer);
  weir_bytes name = weir_bytes_in(p->schema->mem);
  do {
    weir_str part;
    if (name.len) weir_bytes_append_cstr(&name, ".");
    if (!weir_parse_ident(p, &part, "Expected identifier.")) return false;
    weir_bytes_append_str(&name, part);
  } while (weir_parse_take(p, "."));
  file->package = weir_schema_check(p->schema, weir_bytes_view(&name));
  weir_doc doc;
  return weir_parse_want_end(p, ";", &doc);
}

static bool parse_import(weir_parser *p) {
  weir_import import = {.pos = p->lexer.token.pos};
  weir_lexer_next(&p->lexer);
  if (weir_parse_at(p, "option")) {
    weir_parse_error(p, "option import is not supported before edition 2024.");
    weir_lexer_next(&p->lexer);
  } else if (weir_parse_take(p, "public")) {
    import.is_public = true;
  } else if (weir_parse_take(p, "weak")) {
    import.is_weak = true;
  }
  if (!weir_parse_string(p, &import.name, "Expected a string naming the file to import.")) return false;
  weir_schema_push(p->schema, &p->file->imports, import);
  weir_doc doc;
  return weir_parse_want_end(p, ";", &doc);
}

static bool parse_statement(weir_parser *p) {
  p->depth = 0;
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (weir_parse_at(p, "message")) return weir_parse_message(p, NULL);
  if (weir_parse_at(p, "enum")) return weir_parse_enum(p, NULL);
  if (weir_parse_at(p, "service")) return weir_parse_service(p);
  if (weir_parse_at(p, "extend")) return weir_parse_extend(p, NULL);
  if (weir_parse_at(p, "import")) return parse_import(p);
  if (weir_parse_at(p, "package")) return parse_package(p);
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &p->file->def.options);
  weir_parse_error(p, "Expected top-level statement (e.g. \"message\").");
  return false;
}

static void parse_statements(weir_parser *p) {
  while (p->lexer.token.kind != WEIR_TOKEN_END) {
    if (parse_statement(p)) continue;
    weir_parse_skip_statement(p);
    if (weir_parse_at(p, "}")) {
      weir_parse_error(p, "Unmatched \"}\".");
      weir_lexer_next_doc(&p->lexer, &p->upcoming);
    }
  }
}

bool weir_parse_file(weir_schema *s, weir_def_file *file) {
  uint32_t before = s->report.errors;
  weir_parser p = {.schema = s, .file = file, .lexer = weir_lexer_of(s, file, file->source)};
  weir_lexer_next_doc(&p.lexer, &p.upcoming);
  file->def.name_pos = p.lexer.token.pos;
  if ((!weir_parse_at(&p, "syntax") && !weir_parse_at(&p, "edition")) || parse_syntax(&p))
    parse_statements(&p);
  return s->report.errors == before;
}
