/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/token.h"

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_octal(char c) { return c >= '0' && c <= '7'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_word(char c) { return is_letter(c) || is_digit(c); }
static bool is_control(char c) { return c >= 0 && c < ' '; }

weir_lexer weir_lexer_of(weir_schema *s, const weir_def_file *file, weir_str text) {
  weir_lexer lx = {.schema = s, .file = file, .at = text.data, .end = text.data + text.len};
  lx.token.text = (weir_str){text.data, 0};
  return lx;
}

/* The byte at hand; 0 at the end, where `lx->at == lx->end`, and for a NUL in the text. */
static char peek(const weir_lexer *lx) { return lx->at < lx->end ? *lx->at : 0; }

static void step(weir_lexer *lx) {
  if (lx->at == lx->end) return;
  char c = *lx->at++;
  if (c == '\n') {
    lx->pos.line++;
    lx->pos.col = 0;
  } else if (c == '\t') {
    lx->pos.col += 8 - lx->pos.col % 8;
  } else {
    lx->pos.col++;
  }
}

static bool take(weir_lexer *lx, char c) {
  if (lx->at == lx->end || *lx->at != c) return false;
  step(lx);
  return true;
}

static bool take_if(weir_lexer *lx, bool (*is)(char)) {
  if (lx->at == lx->end || !is(*lx->at)) return false;
  step(lx);
  return true;
}

static void skip_while(weir_lexer *lx, bool (*is)(char)) {
  while (take_if(lx, is)) {}
}

static void lexer_error_at(weir_lexer *lx, weir_pos pos, const char *text) {
  if (!lx->quiet) weir_schema_error(lx->schema, lx->file, pos, "%s", text);
}

static void lexer_error(weir_lexer *lx, const char *text) { lexer_error_at(lx, lx->pos, text); }

/* ---- comments ------------------------------------------------------------------------------------------ */

/* Collects text in the schema's arena; `on` is false where comments are only skipped. */
typedef struct comment_text {
  bool on;
  weir_bytes bytes;
} comment_text;

static void comment_append(weir_lexer *lx, comment_text *text, const char *from, const char *to) {
  if (!text->on || from == to) return;
  weir_bytes_append(&text->bytes, from, (size_t)(to - from));
  if (text->bytes.failed) weir_schema_check(lx->schema, (weir_str){NULL, 0});
}

static void line_comment(weir_lexer *lx, comment_text *text) {
  const char *from = lx->at;
  while (lx->at < lx->end && *lx->at != '\n' && *lx->at != 0) step(lx);
  take(lx, '\n');
  comment_append(lx, text, from, lx->at);
}

/* Each line's leading blanks and one asterisk are no part of the text. */
static void block_comment(weir_lexer *lx, comment_text *text) {
  weir_pos start = {lx->pos.line, lx->pos.col - 2};
  const char *from = lx->at;
  for (;;) {
    while (lx->at < lx->end && *lx->at != '*' && *lx->at != '/' && *lx->at != '\n' && *lx->at != 0) step(lx);
    if (take(lx, '\n')) {
      comment_append(lx, text, from, lx->at);
      skip_while(lx, is_space);
      if (take(lx, '*') && take(lx, '/')) return;
      from = lx->at;
    } else if (take(lx, '*')) {
      if (!take(lx, '/')) continue;
      comment_append(lx, text, from, lx->at - 2);
      return;
    } else if (take(lx, '/')) {
      if (peek(lx) == '*') lexer_error(lx, "\"/*\" inside block comment.  Block comments cannot be nested.");
    } else { /* the end, or a NUL */
      lexer_error(lx, "End-of-file inside block comment.");
      lexer_error_at(lx, start, "  Comment started here.");
      comment_append(lx, text, from, lx->at);
      return;
    }
  }
}

typedef enum comment_start { COMMENT_NONE, COMMENT_LINE, COMMENT_BLOCK } comment_start;

static comment_start comment_begin(weir_lexer *lx) {
  if (lx->hash_comments) return take(lx, '#') ? COMMENT_LINE : COMMENT_NONE;
  if (lx->end - lx->at < 2 || lx->at[0] != '/' || (lx->at[1] != '/' && lx->at[1] != '*')) return COMMENT_NONE;
  comment_start kind = lx->at[1] == '/' ? COMMENT_LINE : COMMENT_BLOCK;
  step(lx);
  step(lx);
  return kind;
}

/* ---- tokens -------------------------------------------------------------------------------------------- */

static void need_hex(weir_lexer *lx, int count, const char *error) {
  while (count-- > 0)
    if (!take_if(lx, is_hex)) {
      lexer_error(lx, error);
      return;
    }
}

/* Behind the backslash. Digits after the first of \123 and \x1f are read as plain characters. */
static void string_escape(weir_lexer *lx) {
  char c = peek(lx);
  if (c && strchr("abfnrtv\\?'\"", c)) {
    step(lx);
  } else if (take_if(lx, is_octal)) {
  } else if (take(lx, 'x') || take(lx, 'X')) {
    need_hex(lx, 1, "Expected hex digits for escape sequence.");
  } else if (take(lx, 'u')) {
    need_hex(lx, 4, "Expected four hex digits for \\u escape sequence.");
  } else if (take(lx, 'U')) {
    static const char error[] = "Expected eight hex digits up to 10ffff for \\U escape sequence";
    if (take(lx, '0') && take(lx, '0') && (take(lx, '0') || take(lx, '1')))
      need_hex(lx, 5, error);
    else
      lexer_error(lx, error);
  } else {
    lexer_error(lx, "Invalid escape sequence in string literal.");
  }
}

static void string_token(weir_lexer *lx, char quote) {
  for (;;) {
    char c = peek(lx);
    if (c == 0) {
      lexer_error(lx, "Unexpected end of string.");
      return;
    }
    if (c == '\n') {
      lexer_error(lx, "Multiline strings are not allowed. Did you miss a \"?.");
      return;
    }
    step(lx);
    if (c == quote) return;
    if (c == '\\') string_escape(lx);
  }
}

static bool number_decimal(weir_lexer *lx, bool after_dot) {
  bool is_float = after_dot;
  skip_while(lx, is_digit);
  if (!after_dot && take(lx, '.')) {
    is_float = true;
    skip_while(lx, is_digit);
  }
  if (take(lx, 'e') || take(lx, 'E')) {
    is_float = true;
    if (!take(lx, '-')) take(lx, '+');
    if (!take_if(lx, is_digit)) lexer_error(lx, "\"e\" must be followed by exponent.");
    skip_while(lx, is_digit);
  }
  return is_float;
}

/* Behind the first digit, or behind a dot and a digit. */
static weir_token_kind number_token(weir_lexer *lx, char first, bool after_dot) {
  bool is_float = false;
  if (first == '0' && (take(lx, 'x') || take(lx, 'X'))) {
    if (!take_if(lx, is_hex)) lexer_error(lx, "\"0x\" must be followed by hex digits.");
    skip_while(lx, is_hex);
  } else if (first == '0' && is_digit(peek(lx))) {
    skip_while(lx, is_octal);
    if (is_digit(peek(lx))) lexer_error(lx, "Numbers starting with leading zero must be in octal.");
    skip_while(lx, is_digit);
  } else {
    is_float = number_decimal(lx, after_dot);
  }
  if (lx->hash_comments && is_float && (take(lx, 'f') || take(lx, 'F'))) return WEIR_TOKEN_FLOAT;
  if (is_letter(peek(lx))) {
    lexer_error(lx, "Need space between number and identifier.");
  } else if (peek(lx) == '.') {
    lexer_error(lx, is_float ? "Already saw decimal point or exponent; can't have another one."
                             : "Hex and octal numbers must be integers.");
  }
  return is_float ? WEIR_TOKEN_FLOAT : WEIR_TOKEN_INT;
}

static weir_token_kind dot_token(weir_lexer *lx) {
  if (!is_digit(peek(lx))) return WEIR_TOKEN_SYMBOL;
  const weir_token *before = &lx->previous;
  if (before->kind == WEIR_TOKEN_IDENT && before->pos.line == lx->token.pos.line &&
      before->end_col == lx->token.pos.col)
    lexer_error_at(lx, (weir_pos){lx->pos.line, lx->pos.col - 1},
                   "Need space between identifier and decimal point.");
  step(lx);
  return number_token(lx, 0, true);
}

static weir_token_kind symbol_token(weir_lexer *lx, char c) {
  if (!lx->quiet && (unsigned char)c >= 0x80)
    weir_schema_error(lx->schema, lx->file, lx->token.pos, "Interpreting non ascii codepoint %d.",
                      (unsigned char)c);
  return WEIR_TOKEN_SYMBOL;
}

/* Reads the token that starts at lx->at, which is neither blank, comment nor control character. */
static void read_token(weir_lexer *lx) {
  const char *from = lx->at;
  lx->token.pos = lx->pos;
  char c = peek(lx);
  step(lx);
  if (is_letter(c)) {
    skip_while(lx, is_word);
    lx->token.kind = WEIR_TOKEN_IDENT;
  } else if (is_digit(c)) {
    lx->token.kind = number_token(lx, c, false);
  } else if (c == '.') {
    lx->token.kind = dot_token(lx);
  } else if (c == '"' || c == '\'') {
    string_token(lx, c);
    lx->token.kind = WEIR_TOKEN_STRING;
  } else {
    lx->token.kind = symbol_token(lx, c);
  }
  lx->token.text = (weir_str){from, (size_t)(lx->at - from)};
  lx->token.end_col = lx->pos.col;
}

static void skip_controls(weir_lexer *lx) {
  lexer_error(lx, "Invalid control characters encountered in text.");
  while (lx->at < lx->end && is_control(*lx->at) && !is_space(*lx->at) && *lx->at != '\n') step(lx);
}

/* Without touching `previous`. */
static void find_token(weir_lexer *lx) {
  comment_text none = {0};
  for (;;) {
    while (take_if(lx, is_space) || take(lx, '\n')) {}
    comment_start comment = comment_begin(lx);
    if (comment == COMMENT_LINE) {
      line_comment(lx, &none);
    } else if (comment == COMMENT_BLOCK) {
      block_comment(lx, &none);
    } else if (lx->at == lx->end) {
      lx->token = (weir_token){WEIR_TOKEN_END, {lx->end, 0}, lx->pos, lx->pos.col};
      return;
    } else if (is_control(*lx->at)) {
      skip_controls(lx);
    } else {
      read_token(lx);
      return;
    }
  }
}

/* False, with a report, if the text begins like a byte order mark and is none. */
static bool skip_byte_order_mark(weir_lexer *lx) {
  if (!take(lx, (char)0xEF) || (take(lx, (char)0xBB) && take(lx, (char)0xBF))) return true;
  lexer_error(lx, "Proto file starts with 0xEF but not UTF-8 BOM. Only UTF-8 is accepted for proto file.");
  return false;
}

void weir_lexer_next(weir_lexer *lx) {
  lx->previous = lx->token;
  find_token(lx);
}

/* ---- comments, sorted ---------------------------------------------------------------------------------- */

/* One comment is held back until it is known whose it is. */
typedef struct doc_sorter {
  weir_lexer *lx;
  weir_doc *doc;
  comment_text text;
  bool holds, holds_line, may_trail;
  int count;
} doc_sorter;

static weir_str sorter_take(doc_sorter *d) {
  weir_str text = d->text.bytes.data ? weir_bytes_view(&d->text.bytes) : WEIR_STR("");
  d->text.bytes = weir_bytes_in(d->lx->schema->mem);
  d->holds = false;
  return text;
}

/* The held comment does not belong to the next token. */
static void sorter_flush(doc_sorter *d) {
  if (!d->holds) return;
  d->count++;
  weir_str text = sorter_take(d);
  if (d->may_trail)
    d->doc->trailing = text;
  else
    weir_schema_push(d->lx->schema, &d->doc->detached, text);
  d->may_trail = false;
}

/* A lone comment that shares its line with both neighbours belongs to neither. */
static void sorter_detach_lone(doc_sorter *d) {
  if (d->count + (d->holds ? 1 : 0) != 1) return;
  if (d->doc->trailing.len) {
    weir_schema_push(d->lx->schema, &d->doc->detached, d->doc->trailing);
    d->doc->trailing = (weir_str){NULL, 0};
  }
  sorter_flush(d);
}

static void sorter_read(doc_sorter *d, comment_start kind) {
  if (d->holds && (kind == COMMENT_BLOCK || !d->holds_line)) sorter_flush(d);
  if (!d->holds) d->text = (comment_text){true, weir_bytes_in(d->lx->schema->mem)};
  d->holds = true;
  d->holds_line = kind == COMMENT_LINE;
  if (kind == COMMENT_LINE)
    line_comment(d->lx, &d->text);
  else
    block_comment(d->lx, &d->text);
}

/* The rest of the line on which the last declaration ended. *comment_line is where a comment on it ended its
 * first line. False: the next token follows with no comment between. */
static bool sorter_first_line(doc_sorter *d, int32_t *comment_line) {
  weir_lexer *lx = d->lx;
  skip_while(lx, is_space);
  comment_start kind = comment_begin(lx);
  if (kind == COMMENT_NONE) return take(lx, '\n');
  *comment_line = lx->pos.line;
  sorter_read(d, kind);
  if (kind == COMMENT_BLOCK) {
    *comment_line = lx->pos.line;
    skip_while(lx, is_space);
  }
  sorter_flush(d);
  return true;
}

/* All comments up to the next token; blank lines part them. */
static void sorter_lines(doc_sorter *d) {
  weir_lexer *lx = d->lx;
  for (;;) {
    skip_while(lx, is_space);
    comment_start kind = comment_begin(lx);
    if (kind == COMMENT_NONE) {
      if (!take(lx, '\n')) return;
      sorter_flush(d);
      d->may_trail = false;
    } else {
      sorter_read(d, kind);
      if (kind == COMMENT_BLOCK) {
        skip_while(lx, is_space);
        take(lx, '\n');
      }
    }
  }
}

void weir_lexer_next_doc(weir_lexer *lx, weir_doc *doc) {
  *doc = (weir_doc){0};
  doc_sorter d = {.lx = lx, .doc = doc, .may_trail = true};
  int32_t line = lx->pos.line, comment_line = -1;
  if (lx->token.kind == WEIR_TOKEN_START) {
    if (!skip_byte_order_mark(lx)) return; /* the token stays what it is: none */
    d.may_trail = false;
    line = -1;
  } else if (!sorter_first_line(&d, &comment_line)) {
    weir_lexer_next(lx);
    return;
  }
  sorter_lines(&d);
  weir_lexer_next(lx);
  const weir_token *t = &lx->token;
  if (t->kind == WEIR_TOKEN_END || weir_token_is(t, "}") || weir_token_is(t, "]") || weir_token_is(t, ")"))
    sorter_flush(&d);
  if (t->kind != WEIR_TOKEN_END && (lx->pos.line == line || lx->pos.line == comment_line))
    sorter_detach_lone(&d);
  if (d.holds) doc->leading = sorter_take(&d);
}
