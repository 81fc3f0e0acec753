/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* text_parse.c - the text format to messages: a recursive descent over the text, straight into the struct. */
#include "base/opts.h"
#include "pb/field.h"
#include "pb/names.h"
#include "pb/num.h"
#include "pb/out.h"
#include "pb/text.h"
#include "pb/wkt.h"

#include <weir/text.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct parser {
  const char *start, *p, *end;
  weir_arena *arena;
  pb_name_cache names;
  const weir_pb_pool *pool;
  uint32_t flags;
  int depth; /* levels that are left */
  weir_error *error;
  weir_code code;
} parser;

static bool parse_body(parser *q, const weir_pb_type *t, char *msg, char closing);
static bool skip_value(parser *q);

/* ---- errors -------------------------------------------------------------------------------------------- */

/* Notes what is wrong at `at`, if nothing was wrong before. False, so that callers may return it. */
static WEIR_PRINTF(3, 4) bool text_fail(parser *q, const char *at, const char *fmt, ...) {
  if (q->code) return false;
  q->code = WEIR_INVALID_ARGUMENT;
  char why[sizeof q->error->msg];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(why, sizeof why, fmt, ap);
  va_end(ap);
  pb_place place = pb_place_of(q->start, at);
  weir_error_set(q->error, q->code, 0, "%u:%u: %s", place.line, place.column, why);
  return false;
}

static bool text_no_memory(parser *q) {
  if (!q->code) q->code = weir_error_set(q->error, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  return false;
}

static bool too_deep(parser *q) {
  text_fail(q, q->p, "nested too deep");
  q->code = WEIR_RESOURCE_EXHAUSTED;
  if (q->error) q->error->code = q->code;
  return false;
}

/* What stands at p, for messages. */
static weir_str shown(const parser *q) {
  size_t n = 0, left = (size_t)(q->end - q->p);
  while (n < left && n < 24 && (unsigned char)q->p[n] > ' ' && q->p[n] != 0x7f) n++;
  if (n) return (weir_str){q->p, n};
  return left ? WEIR_STR("that") : WEIR_STR("the end");
}

static bool expected(parser *q, const char *what) {
  weir_str s = shown(q);
  return text_fail(q, q->p, "expected %s, not " WEIR_FMT, what, WEIR_ARG(s));
}

/* ---- tokens -------------------------------------------------------------------------------------------- */

static void skip_space(parser *q) {
  for (; q->p < q->end; q->p++) {
    if (*q->p == '#') {
      const char *line_end = (const char *)memchr(q->p, '\n', (size_t)(q->end - q->p));
      q->p = line_end ? line_end : q->end;
      if (q->p == q->end) return;
    } else if (*q->p != ' ' && (*q->p < '\t' || *q->p > '\r')) {
      return;
    }
  }
}

static bool at_char(const parser *q, char c) { return q->p < q->end && *q->p == c; }

/* Takes the character and the space behind it. */
static bool take_char(parser *q, char c) {
  if (!at_char(q, c)) return false;
  q->p++;
  skip_space(q);
  return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The identifier at p, which stays there; empty if there is none. */
static weir_str peek_name(const parser *q) {
  const char *at = q->p;
  if (at < q->end && is_letter(*at))
    while (at < q->end && (is_letter(*at) || is_digit(*at))) at++;
  return (weir_str){q->p, (size_t)(at - q->p)};
}

static weir_str take_name(parser *q) {
  weir_str name = peek_name(q);
  q->p += name.len;
  if (name.len) skip_space(q);
  return name;
}

static bool same_name(weir_str s, const char *lower) {
  if (s.len != strlen(lower)) return false;
  for (size_t i = 0; i < s.len; i++)
    if ((s.data[i] | 0x20) != lower[i]) return false;
  return true;
}

/* ---- strings ------------------------------------------------------------------------------------------- */

/* Digits of a base from p on, `most` at the most and `least` at the least; -1 if there are fewer. */
static int64_t take_digits(parser *q, unsigned base, int least, int most) {
  int64_t v = 0;
  int n = 0;
  for (; n < most && q->p < q->end; n++, q->p++) {
    char c = *q->p;
    unsigned digit = is_digit(c)                              ? (unsigned)(c - '0')
                     : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10)
                                                              : 99;
    if (digit >= base) break;
    v = v * base + digit;
  }
  return n < least ? -1 : v;
}

/* \uXXXX or \UXXXXXXXX behind the letter: one character. Halves of a pair are none. */
static bool take_unicode(parser *q, const char *at, int digits, pb_out *out) {
  int64_t c = take_digits(q, 16, digits, digits);
  if (c < 0) return text_fail(q, at, "\\%c takes %d hexadecimal digits", digits == 4 ? 'u' : 'U', digits);
  if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return text_fail(q, at, "escape is no Unicode character");
  pb_out_utf8(out, (uint32_t)c);
  return true;
}

/* Behind the backslash. */
static bool take_escape(parser *q, pb_out *out) {
  static const char from[] = "abfnrtv?'\"\\", to[] = "\a\b\f\n\r\t\v?'\"\\";
  const char *at = q->p - 1;
  if (q->p == q->end) return text_fail(q, at, "string without its end");
  char c = *q->p;
  const char *plain = c ? strchr(from, c) : NULL;
  int64_t v;
  if (plain) {
    q->p++;
    pb_out_char(out, to[plain - from]);
    return true;
  }
  if (c >= '0' && c <= '7') {
    v = take_digits(q, 8, 1, 3);
    if (v > 255) return text_fail(q, at, "octal escape beyond \\377");
    pb_out_char(out, (char)v);
    return true;
  }
  q->p++;
  if (c == 'u' || c == 'U') return take_unicode(q, at, c == 'u' ? 4 : 8, out);
  if (c != 'x' && c != 'X') return text_fail(q, at, "unknown escape");
  v = take_digits(q, 16, 1, 2);
  if (v < 0) return text_fail(q, at, "\\x without digits");
  pb_out_char(out, (char)v);
  return true;
}

static bool take_quoted(parser *q, pb_out *out) {
  const char *first = q->p;
  char quote = *q->p++;
  for (;;) {
    const char *run = q->p;
    while (q->p < q->end && *q->p != quote && *q->p != '\\' && *q->p != '\n') q->p++;
    pb_out_bytes(out, run, (size_t)(q->p - run));
    if (q->p == q->end || *q->p == '\n') return text_fail(q, first, "string without its end");
    if (*q->p++ == quote) return true;
    if (!take_escape(q, out)) return false;
  }
}

/* One string, or several side by side that are one. */
static bool take_string(parser *q, bool utf8, weir_str *s) {
  const char *first = q->p;
  pb_out out;
  if (!at_char(q, '"') && !at_char(q, '\'')) return expected(q, "a string");
  pb_out_init(&out, q->arena);
  while (at_char(q, '"') || at_char(q, '\'')) {
    if (!take_quoted(q, &out)) return false;
    skip_space(q);
  }
  if (!pb_out_finish(&out, s)) return text_no_memory(q);
  if (utf8 && !wire_utf8((const uint8_t *)s->data, s->len)) return text_fail(q, first, "invalid UTF-8");
  return true;
}

/* ---- numbers ------------------------------------------------------------------------------------------- */

/* A number must not run into a name. */
static bool number_ends(parser *q, const char *first) {
  if (q->p < q->end && (is_letter(*q->p) || is_digit(*q->p) || *q->p == '.'))
    return text_fail(q, first, "malformed number");
  skip_space(q);
  return true;
}

/* Digits of a decimal, 0x hexadecimal or 0 octal number. */
static bool take_u64(parser *q, const char *first, uint64_t *v) {
  unsigned base = 10;
  uint64_t sum = 0;
  if (q->end - q->p > 2 && q->p[0] == '0' && (q->p[1] | 0x20) == 'x') {
    base = 16;
    q->p += 2;
  } else if (q->end - q->p > 1 && q->p[0] == '0' && is_digit(q->p[1])) {
    base = 8;
  }
  if (q->p == q->end || !(is_digit(*q->p) || (base == 16 && is_letter(*q->p))))
    return expected(q, "a whole number");
  for (; q->p < q->end; q->p++) {
    char c = *q->p;
    unsigned digit = is_digit(c)                              ? (unsigned)(c - '0')
                     : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10)
                                                              : 99;
    if (digit >= base) break;
    if (sum > (UINT64_MAX - digit) / base) return text_fail(q, first, "number out of range");
    sum = sum * base + digit;
  }
  *v = sum;
  return number_ends(q, first);
}

static bool take_unsigned(parser *q, uint64_t high, uint64_t *v) {
  const char *first = q->p;
  if (!take_u64(q, first, v)) return false;
  return *v <= high || text_fail(q, first, "number out of range");
}

static bool take_signed(parser *q, int64_t high, int64_t *v) {
  const char *first = q->p;
  bool negative = take_char(q, '-');
  uint64_t u;
  if (!take_u64(q, first, &u)) return false;
  if (u > (uint64_t)high + negative) return text_fail(q, first, "number out of range");
  *v = negative ? (int64_t)(0 - u) : (int64_t)u;
  return true;
}

static bool take_real(parser *q, double *v) {
  const char *first = q->p;
  bool negative = take_char(q, '-');
  weir_str name = peek_name(q);
  pb_decimal d;
  if (same_name(name, "inf") || same_name(name, "infinity")) {
    *v = (double)INFINITY;
    take_name(q);
  } else if (same_name(name, "nan")) {
    *v = (double)NAN;
    take_name(q);
  } else {
    bool octal = q->end - q->p > 1 && q->p[0] == '0' && (is_digit(q->p[1]) || (q->p[1] | 0x20) == 'x');
    if (octal) return text_fail(q, first, "a real number is written in decimal");
    const char *behind = name.len || at_char(q, '-') ? NULL : pb_read_decimal(q->p, q->end, false, &d);
    if (!behind) return expected(q, "a number");
    q->p = behind;
    if (q->p < q->end && (*q->p | 0x20) == 'f') q->p++;
    *v = pb_decimal_double(&d);
    if (!number_ends(q, first)) return false;
  }
  if (negative) *v = -*v;
  return true;
}

static bool take_bool(parser *q, bool *v) {
  static const char *const names[] = {"false", "f", "False", "true", "t", "True"};
  const char *first = q->p;
  weir_str name = peek_name(q);
  uint64_t number;
  for (size_t i = 0; name.len && i < sizeof names / sizeof *names; i++) {
    if (!weir_str_eq(name, weir_str_of(names[i]))) continue;
    take_name(q);
    return *v = i >= 3, true;
  }
  if (q->p == q->end || !is_digit(*q->p)) return expected(q, "true or false");
  if (!take_u64(q, first, &number)) return false;
  return number <= 1 ? (*v = number != 0, true) : text_fail(q, first, "expected true or false");
}

static bool take_enum(parser *q, const weir_pb_enum *e, bool closed, int32_t *v) {
  const char *first = q->p;
  weir_str name = peek_name(q);
  int64_t number;
  if (name.len) {
    if (!pb_enum_number(e, name, v))
      return text_fail(q, first, "%s has no value \"" WEIR_FMT "\"", e->full_name, WEIR_ARG(name));
    take_name(q);
    return true;
  }
  if (!take_signed(q, INT32_MAX, &number)) return false;
  *v = (int32_t)number;
  return !closed || pb_enum_has(e, *v) || text_fail(q, first, "%s has no value %d", e->full_name, (int)*v);
}

/* ---- values -------------------------------------------------------------------------------------------- */

static bool take_scalar(parser *q, const weir_pb_type *t, const weir_pb_field *row, pb_value *v) {
  uint64_t u = 0;
  int64_t i = 0;
  double d = 0;
  bool ok;
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_DOUBLE: return take_real(q, &v->f64);
  case WEIR_PB_FLOAT:
    ok = take_real(q, &d);
    v->f32 = pb_float_of(d);
    return ok;
  case WEIR_PB_STRING: return take_string(q, row->flags & WEIR_PB_UTF8, &v->str);
  case WEIR_PB_BYTES: return take_string(q, false, &v->str);
  case WEIR_PB_BOOL: return take_bool(q, &v->b);
  case WEIR_PB_ENUM: return take_enum(q, t->subs[row->sub].enum_, row->flags & WEIR_PB_CLOSED, &v->i32);
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32:
    ok = take_unsigned(q, UINT32_MAX, &u);
    v->u32 = (uint32_t)u;
    return ok;
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: return take_unsigned(q, UINT64_MAX, &v->u64);
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32:
    ok = take_signed(q, INT32_MAX, &i);
    v->i32 = (int32_t)i;
    return ok;
  default: return take_signed(q, INT64_MAX, &v->i64);
  }
}

/* { ... } or < ... >, with the space behind it. */
static bool take_block(parser *q, const weir_pb_type *t, char *msg) {
  char closing = at_char(q, '{') ? '}' : '>';
  if (!take_char(q, '{') && !take_char(q, '<')) return expected(q, "{");
  if (!q->depth) return too_deep(q);
  q->depth--;
  bool ok = parse_body(q, t, msg, closing);
  q->depth++;
  return ok && (take_char(q, closing) || expected(q, closing == '}' ? "a field or }" : "a field or >"));
}

static bool take_entry(parser *q, const weir_pb_type *entry, pb_map *m) {
  char *at = pb_map_open(m, entry, q->arena);
  if (!at) return text_no_memory(q);
  if (!take_block(q, entry, at)) return false;
  if (!pb_entry_complete(entry, at, q->arena) || !pb_map_commit(m, entry, q->arena)) return text_no_memory(q);
  return true;
}

static bool take_value(parser *q, const weir_pb_type *t, const weir_pb_field *row, char *msg) {
  if ((row->kind & WEIR_PB_MODE) == WEIR_PB_MAP)
    return take_entry(q, t->subs[row->sub].type, (pb_map *)(void *)(msg + row->offset));
  if (pb_is_message(row)) {
    char *sub = pb_field_open(msg, t, row, q->arena);
    return sub ? take_block(q, t->subs[row->sub].type, sub) : text_no_memory(q);
  }
  pb_value v = {0};
  return take_scalar(q, t, row, &v) && (pb_field_put(msg, row, &v, q->arena) || text_no_memory(q));
}

/* [value, value ...] */
static bool take_list(parser *q, const weir_pb_type *t, const weir_pb_field *row, char *msg) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  if (mode != WEIR_PB_REPEATED && mode != WEIR_PB_MAP)
    return text_fail(q, q->p, "a list for a field that is not repeated");
  take_char(q, '[');
  if (take_char(q, ']')) return true;
  do {
    if (!take_value(q, t, row, msg)) return false;
  } while (take_char(q, ','));
  return take_char(q, ']') || expected(q, ", or ]");
}

/* ---- fields -------------------------------------------------------------------------------------------- */

/* A field that is not repeated may not be there yet, nor another one of its oneof. */
static bool check_first(parser *q, const weir_pb_type *t, const weir_pb_field *row, const char *msg,
                        const char *at) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  if (mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP || t->flags & WEIR_PB_MAP_ENTRY) return true;
  weir_str name = pb_field_name(t, row->number), other;
  uint32_t set = pb_oneof_case(msg, row);
  if (set && set != row->number) {
    other = pb_field_name(t, set);
    return text_fail(q, at, "\"" WEIR_FMT "\" is in a oneof with \"" WEIR_FMT "\", which is set already",
                     WEIR_ARG(name), WEIR_ARG(other));
  }
  return !pb_field_set(row, msg) || text_fail(q, at, "\"" WEIR_FMT "\" is set already", WEIR_ARG(name));
}

/* Behind a field's name. */
static bool take_field(parser *q, const weir_pb_type *t, const weir_pb_field *row, char *msg, const char *at) {
  if (!check_first(q, t, row, msg, at)) return false;
  if (!take_char(q, ':') && !pb_is_message(row)) return expected(q, ":");
  return at_char(q, '[') ? take_list(q, t, row, msg) : take_value(q, t, row, msg);
}

/* The row that a name in the text means: a group goes by the name of its type. */
static const weir_pb_field *find_row(parser *q, const weir_pb_type *t, weir_str name) {
  const pb_names *names = pb_names_of(&q->names, t);
  if (!names) return text_no_memory(q), NULL;
  const weir_pb_field *row = pb_names_find(names, name, false, UINT32_MAX);
  if (row) return row;
  char lower[256];
  if (name.len > sizeof lower) return NULL;
  for (size_t i = 0; i < name.len; i++)
    lower[i] = name.data[i] >= 'A' && name.data[i] <= 'Z' ? (char)(name.data[i] | 0x20) : name.data[i];
  weir_str folded = {lower, name.len};
  row = pb_names_find(names, folded, false, UINT32_MAX);
  bool group = row && pb_is_group_like(t, row, folded, t->full_name) &&
               weir_str_eq(name, weir_str_of(pb_short_name(t->subs[row->sub].type->full_name)));
  return group ? row : NULL;
}

/* A name that is reserved, so that it once was a field's: what was written then can still be read. */
static bool is_reserved(const weir_pb_type *t, weir_str name) {
  for (const char *at = t->reserved; at && *at; at += strlen(at) + 1)
    if (weir_str_eq(name, weir_str_of(at))) return true;
  return false;
}

static bool named_field(parser *q, const weir_pb_type *t, char *msg) {
  const char *at = q->p;
  weir_str name = take_name(q);
  const weir_pb_field *row = find_row(q, t, name);
  if (row) return take_field(q, t, row, msg, at);
  if (q->flags & WEIR_PB_TEXT_IGNORE_UNKNOWN || is_reserved(t, name)) return !q->code && skip_value(q);
  return text_fail(q, at, "%s has no field \"" WEIR_FMT "\"", t->full_name, WEIR_ARG(name));
}

/* ---- [names in brackets] ------------------------------------------------------------------------------- */

static bool in_url(char c) { return is_letter(c) || is_digit(c) || (c && strchr(".-~!$&()*+,;=%/", c)); }

/* What stands between brackets, without the space and comments within. */
static bool take_bracketed(parser *q, weir_str *name) {
  const char *first = q->p;
  pb_out out;
  take_char(q, '[');
  pb_out_init(&out, q->arena);
  while (q->p < q->end && in_url(*q->p)) {
    pb_out_char(&out, *q->p++);
    skip_space(q);
  }
  if (!take_char(q, ']')) return expected(q, "]");
  if (!pb_out_finish(&out, name)) return text_no_memory(q);
  return name->len || text_fail(q, first, "expected the name of an extension or a type");
}

static bool take_extension(parser *q, const weir_pb_type *t, char *msg, weir_str name, const char *at) {
  const weir_pb_ext *x = weir_pb_pool_ext(q->pool, name);
  if (!x || x->extendee != t) {
    if (q->flags & WEIR_PB_TEXT_IGNORE_UNKNOWN) return skip_value(q);
    return text_fail(q, at, "%s has no extension \"" WEIR_FMT "\"%s", t->full_name, WEIR_ARG(name),
                     q->pool ? "" : " (no pool was given)");
  }
  char *holder = (char *)weir_pb_ext_put(msg, x, q->arena);
  return holder ? take_field(q, x->holder, pb_ext_row(x), holder, at) : text_no_memory(q);
}

/* [type.googleapis.com/demo.Note] { ... } in an Any. */
static bool take_any(parser *q, const weir_pb_type *t, char *msg, weir_str url, const char *at) {
  const weir_pb_type *inner = pb_any_type(q->pool, url);
  if (!inner) return text_fail(q, at, "type \"" WEIR_FMT "\" is not known", WEIR_ARG(url));
  if (pb_field_set(&t->fields[0], msg) || pb_field_set(&t->fields[1], msg))
    return text_fail(q, at, "the Any has a value already");
  char *held = pb_new(inner, q->arena);
  pb_value v = {.str = url};
  weir_error e;
  if (!held || !pb_field_put(msg, &t->fields[0], &v, q->arena)) return text_no_memory(q);
  take_char(q, ':');
  if (!take_block(q, inner, held)) return false;
  uint32_t flags = WEIR_PB_DETERMINISTIC | (q->flags & WEIR_PB_TEXT_PARTIAL ? WEIR_PB_PARTIAL : 0);
  if (weir_pb_encode_err(inner, held, q->arena, flags, &v.str, &e)) return text_fail(q, at, "%s", e.msg);
  return pb_field_put(msg, &t->fields[1], &v, q->arena) || text_no_memory(q);
}

static bool bracketed_field(parser *q, const weir_pb_type *t, char *msg) {
  const char *at = q->p;
  weir_str name;
  if (!take_bracketed(q, &name)) return false;
  if (memchr(name.data, '/', name.len) && pb_wkt_of(t) == PB_WKT_ANY) return take_any(q, t, msg, name, at);
  return take_extension(q, t, msg, name, at);
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static bool parse_body(parser *q, const weir_pb_type *t, char *msg, char closing) {
  while (q->p < q->end && *q->p != closing) {
    bool ok;
    if (at_char(q, '['))
      ok = bracketed_field(q, t, msg);
    else if (is_letter(*q->p))
      ok = named_field(q, t, msg);
    else
      return expected(q, "a field's name");
    if (!ok) return false;
    if (!take_char(q, ',')) take_char(q, ';');
  }
  return true;
}

/* Fields of a message that nobody knows. */
static bool skip_body(parser *q, char closing) {
  while (q->p < q->end && *q->p != closing) {
    weir_str name;
    if (at_char(q, '[')) {
      if (!take_bracketed(q, &name)) return false;
    } else if (is_letter(*q->p)) {
      take_name(q);
    } else {
      return expected(q, "a field's name");
    }
    if (!skip_value(q)) return false;
    if (!take_char(q, ',')) take_char(q, ';');
  }
  return true;
}

static bool skip_block(parser *q) {
  char closing = at_char(q, '{') ? '}' : '>';
  q->p++;
  skip_space(q);
  if (!q->depth) return too_deep(q);
  q->depth--;
  bool ok = skip_body(q, closing);
  q->depth++;
  return ok && (take_char(q, closing) || expected(q, "the end of a message"));
}

static bool skip_scalar(parser *q) {
  weir_str s;
  double v;
  if (at_char(q, '"') || at_char(q, '\'')) return take_string(q, false, &s);
  if (q->p < q->end && is_letter(*q->p)) return take_name(q), true;
  if (q->end - q->p > 1 && q->p[0] == '0' && (q->p[1] | 0x20) == 'x') {
    uint64_t u;
    return take_u64(q, q->p, &u);
  }
  return take_real(q, &v);
}

/* Behind the name of a field that nobody knows. */
static bool skip_value(parser *q) {
  bool colon = take_char(q, ':');
  if (at_char(q, '{') || at_char(q, '<')) return skip_block(q);
  if (!colon) return expected(q, ": or {");
  if (!take_char(q, '[')) return skip_scalar(q);
  if (take_char(q, ']')) return true;
  do {
    bool ok = at_char(q, '{') || at_char(q, '<') ? skip_block(q) : skip_scalar(q);
    if (!ok) return false;
  } while (take_char(q, ','));
  return take_char(q, ']') || expected(q, ", or ]");
}

weir_code weir_pb_from_text(const weir_pb_type *t, void *msg, weir_str text, weir_arena *a,
                            const weir_pb_text_opts *given, weir_error *e) {
  weir_pb_text_opts opts = {.size = sizeof opts};
  weir_opts_read(&opts, sizeof opts, given);
  if (!text.len) text.data = "";
  parser q = {.start = text.data,
              .p = text.data,
              .end = text.data + text.len,
              .arena = a,
              .names.arena = a,
              .pool = opts.pool,
              .flags = opts.flags,
              .depth = WEIR_PB_MAX_DEPTH,
              .error = e};
  pb_missing missing;
  skip_space(&q);
  if (!parse_body(&q, t, (char *)msg, 0)) return q.code;
  if (q.p < q.end) return expected(&q, "a field's name"), q.code;
  if (opts.flags & WEIR_PB_TEXT_PARTIAL ||
      pb_check_required(t, (const char *)msg, WEIR_PB_MAX_DEPTH, &missing))
    return WEIR_OK;
  weir_str name = pb_field_name(missing.type, missing.number);
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s." WEIR_FMT ": required field is missing",
                        missing.type->full_name, WEIR_ARG(name));
}
