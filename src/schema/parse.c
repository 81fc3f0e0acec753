/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse.c - the parser's verbs, and the statements at the top of a file. */
#include "schema/locate.h"

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

bool weir_parse_end(weir_parser *p, const char *text, weir_loc loc) {
  weir_doc *doc = p->schema->keep_source_info ? weir_schema_alloc(p->schema, sizeof *doc) : &p->ignored;
  if (!weir_parse_want_end(p, text, doc)) return false;
  weir_loc_attach(p, loc, doc);
  weir_loc_close(p, loc);
  return true;
}

bool weir_parse_open(weir_parser *p, weir_def *def) {
  if (!weir_parse_want_end(p, "{", &def->doc)) return false;
  weir_loc_attach(p, def->loc, &def->doc);
  return true;
}

bool weir_parse_finish(weir_parser *p, weir_def *def) {
  if (!weir_parse_want_end(p, ";", &def->doc)) return false;
  weir_loc_attach(p, def->loc, &def->doc);
  weir_loc_close(p, def->loc);
  return true;
}

bool weir_parse_want_end(weir_parser *p, const char *text, weir_doc *doc) {
  if (weir_parse_take_end(p, text, doc)) return true;
  weir_parse_error(p, "Expected \"%s\".", text);
  return false;
}

/* protoc goes one token further behind each brace within, and so do we: what it reports next depends on it. */
static void skip_block(weir_parser *p) {
  for (size_t depth = 1; p->lexer.token.kind != WEIR_TOKEN_END;) {
    if (weir_parse_take_end(p, "}", NULL)) {
      if (--depth == 0) return;
    } else if (weir_parse_take(p, "{")) {
      depth++;
    }
    weir_lexer_next(&p->lexer);
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
