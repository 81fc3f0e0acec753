/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* token.h - .proto text to tokens, one at a time, with the comments between them on demand. */
#ifndef WEIR_SCHEMA_TOKEN_H
#define WEIR_SCHEMA_TOKEN_H

#include "schema/schema.h"

typedef enum weir_token_kind {
  WEIR_TOKEN_START, /* before the first call of next */
  WEIR_TOKEN_END,
  WEIR_TOKEN_IDENT,
  WEIR_TOKEN_INT,
  WEIR_TOKEN_FLOAT,
  WEIR_TOKEN_STRING, /* text with its quotes */
  WEIR_TOKEN_SYMBOL  /* one byte */
} weir_token_kind;

typedef struct weir_token {
  weir_token_kind kind;
  weir_str text; /* a view of the source */
  weir_pos pos;
  int32_t end_col;
} weir_token;

typedef struct weir_lexer {
  weir_schema *schema;
  const weir_def_file *file; /* errors are reported against it */
  const char *at, *end;
  weir_pos pos;
  weir_token token, previous;
  bool hash_comments; /* `#` starts a comment, `//` does not: inside option aggregates */
  bool quiet;         /* report nothing: the text was read before */
} weir_lexer;

weir_lexer weir_lexer_of(weir_schema *s, const weir_def_file *file, weir_str text);

/** Moves to the next token; after the last one, stays at WEIR_TOKEN_END. What is not a token is reported. */
void weir_lexer_next(weir_lexer *lx);

/** As weir_lexer_next, and sorts the comments on the way: `trailing` belongs to what ended before, `leading`
 * and `detached` to what begins. */
void weir_lexer_next_doc(weir_lexer *lx, weir_doc *doc);

static inline bool weir_token_is(const weir_token *t, const char *text) {
  size_t len = strlen(text);
  return t->text.len == len && memcmp(t->text.data, text, len) == 0;
}

/* ---- literals (literal.c) ------------------------------------------------------------------------------ */

/** Value of an integer token; false if it is more than `max`, or has digits that its base does not. */
bool weir_literal_integer(weir_str text, uint64_t max, uint64_t *out);
/** Value of a number token, decimal. */
double weir_literal_float(weir_schema *s, weir_str text);
/** Bytes of a string token, quotes and escapes taken away; appended to `out`, which has room for text.len. */
size_t weir_literal_unescape(weir_str text, char *out);
/** [A-Za-z_][A-Za-z0-9_]* */
bool weir_is_identifier(weir_str text);

#endif
