/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/json.h"
#include "pb/out.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- errors -------------------------------------------------------------------------------------------- */

bool json_fail_at(json_reader *r, const char *at, const char *fmt, ...) {
  if (r->code) return false;
  r->code = WEIR_INVALID_ARGUMENT;
  char why[sizeof r->error->msg];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(why, sizeof why, fmt, ap);
  va_end(ap);
  pb_place place = pb_place_of(r->start, at);
  weir_str name = r->number ? pb_field_name(r->type, r->number) : (weir_str){"", 0};
  weir_error_set(r->error, r->code, 0, "%u:%u: %s%s" WEIR_FMT ": %s", place.line, place.column,
                 r->type->full_name, name.len ? "." : "", WEIR_ARG(name), why);
  return false;
}

bool json_expected(json_reader *r, const char *what) {
  size_t n = 0, left = (size_t)(r->end - r->p);
  while (n < left && n < 24 && (unsigned char)r->p[n] > ' ' && r->p[n] != 0x7f &&
         !(n && strchr(",:]}", r->p[n])))
    n++;
  weir_str s = n ? (weir_str){r->p, n} : left ? WEIR_STR("that") : WEIR_STR("the end");
  return json_fail_at(r, r->p, "expected %s, not " WEIR_FMT, what, WEIR_ARG(s));
}

bool json_no_memory(json_reader *r) {
  if (!r->code) r->code = weir_error_set(r->error, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  return false;
}

bool json_too_deep(json_reader *r) {
  json_fail_at(r, r->p, "nested too deep");
  r->code = WEIR_RESOURCE_EXHAUSTED;
  if (r->error) r->error->code = r->code;
  return false;
}

/* ---- punctuation --------------------------------------------------------------------------------------- */

void json_space(json_reader *r) {
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r')) r->p++;
}

static bool take(json_reader *r, char c) {
  if (!json_at(r, c)) return false;
  r->p++;
  json_space(r);
  return true;
}

bool json_open(json_reader *r, char bracket) {
  if (json_at(r, bracket) && !r->depth) return json_too_deep(r);
  if (!take(r, bracket)) return json_expected(r, bracket == '{' ? "{" : "[");
  r->depth--;
  return true;
}

bool json_close(json_reader *r, char bracket) {
  if (!take(r, bracket)) return false;
  r->depth++;
  return true;
}

bool json_comma(json_reader *r) { return take(r, ','); }
bool json_colon(json_reader *r) { return take(r, ':') || json_expected(r, ":"); }

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool json_word(json_reader *r, const char *word) {
  size_t n = strlen(word);
  if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) return false;
  if (r->p + n < r->end && is_word(r->p[n])) return false;
  r->p += n;
  json_space(r);
  return true;
}

bool json_number(json_reader *r, pb_decimal *d) {
  const char *end = pb_read_decimal(r->p, r->end, true, d);
  if (!end) return json_expected(r, "a number");
  if (end < r->end && (is_word(*end) || *end == '.' || *end == '-' || *end == '+'))
    return json_fail_at(r, r->p, "malformed number");
  r->p = end;
  json_space(r);
  return true;
}

/* ---- strings ------------------------------------------------------------------------------------------- */

static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* The four digits at p; -1 if they are none. */
static int32_t hex4(const char *p, const char *end) {
  int32_t v = 0;
  if (end - p < 4) return -1;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    v = v << 4 | digit;
  }
  return v;
}

/* \uXXXX behind the u; the second half of a pair must follow the first (RFC 8259 7). */
static bool take_unicode(json_reader *r, pb_out *out) {
  const char *at = r->p - 2;
  int32_t c = hex4(r->p, r->end), low;
  if (c < 0) return json_fail_at(r, at, "\\u takes four hexadecimal digits");
  r->p += 4;
  if (c >= 0xd800 && c < 0xdc00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
    low = hex4(r->p + 2, r->end);
    if (low >= 0xdc00 && low < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      r->p += 6;
    }
  }
  if (c >= 0xd800 && c < 0xe000) return json_fail_at(r, at, "half of a surrogate pair");
  pb_out_utf8(out, (uint32_t)c);
  return true;
}

/* Behind the backslash. */
static bool take_escape(json_reader *r, pb_out *out) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (r->p == r->end) return json_fail_at(r, r->p, "string without its end");
  char c = *r->p++;
  const char *at = c ? strchr(from, c) : NULL;
  if (c == 'u') return take_unicode(r, out);
  if (!at) return json_fail_at(r, r->p - 2, "unknown escape");
  pb_out_char(out, to[at - from]);
  return true;
}

/* The first byte from p on that a string cannot have as it is. */
static const char *plain_end(const char *p, const char *end) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  for (; end - p >= 8; p += 8) {
    uint64_t v;
    memcpy(&v, p, 8);
    uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
    if (((v - ones * 0x20) | (quote - ones) | (slash - ones)) & ~v & WIRE_HIGH_BITS) break;
  }
  while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\') p++;
  return p;
}

/* A string with escapes: p is at the first one, the text before it began at `first`. */
static bool take_escaped(json_reader *r, const char *first, weir_str *s) {
  pb_out out;
  pb_out_init(&out, r->arena);
  pb_out_bytes(&out, first, (size_t)(r->p - first));
  while (r->p < r->end && *r->p == '\\') {
    r->p++;
    if (!take_escape(r, &out)) return false;
    const char *run = r->p;
    r->p = plain_end(r->p, r->end);
    pb_out_bytes(&out, run, (size_t)(r->p - run));
  }
  return pb_out_finish(&out, s) || json_no_memory(r);
}

/* *own: it does not view the text. */
static bool take_string(json_reader *r, weir_str *s, bool *own) {
  const char *at = r->p, *first = at + 1;
  if (!json_at(r, '"')) return json_expected(r, "a string");
  r->p = plain_end(first, r->end);
  *own = json_at(r, '\\');
  if (*own && !take_escaped(r, first, s)) return false;
  if (!json_at(r, '"'))
    return json_fail_at(r, r->p < r->end ? r->p : at,
                        r->p < r->end ? "control character in a string" : "string without its end");
  if (!*own) *s = (weir_str){first, (size_t)(r->p - first)};
  if (s->len && !wire_utf8((const uint8_t *)s->data, s->len)) return json_fail_at(r, at, "invalid UTF-8");
  r->p++;
  json_space(r);
  return true;
}

bool json_string(json_reader *r, weir_str *s) {
  bool own;
  return take_string(r, s, &own);
}

#define CHUNK 1024u

/* Short strings lie side by side. */
static char *string_room(json_reader *r, size_t n) {
  if (n > CHUNK / 4) return (char *)weir_arena_take(r->arena, n);
  if (n > r->chunk_left) {
    r->chunk = (char *)weir_arena_take(r->arena, CHUNK);
    r->chunk_left = r->chunk ? CHUNK : 0;
    if (!r->chunk) return NULL;
  }
  char *p = r->chunk;
  r->chunk += n;
  r->chunk_left -= n;
  return p;
}

bool json_own_string(json_reader *r, weir_str *s) {
  bool own;
  if (!take_string(r, s, &own)) return false;
  if (own) return true;
  char *copy = string_room(r, s->len + 1);
  if (!copy) return json_no_memory(r);
  memcpy(copy, s->data, s->len);
  copy[s->len] = 0;
  s->data = copy;
  return true;
}

/* ---- any value ----------------------------------------------------------------------------------------- */

/* Recursion is bounded by json_open. */
bool json_skip(json_reader *r) {
  weir_str s;
  pb_decimal d;
  if (r->p == r->end) return json_expected(r, "a value");
  switch (*r->p) {
  case '"': return json_string(r, &s);
  case '{':
    if (!json_open(r, '{')) return false;
    if (json_close(r, '}')) return true;
    do {
      if (!json_string(r, &s) || !json_colon(r) || !json_skip(r)) return false;
    } while (json_comma(r));
    return json_close(r, '}') || json_expected(r, ", or }");
  case '[':
    if (!json_open(r, '[')) return false;
    if (json_close(r, ']')) return true;
    do {
      if (!json_skip(r)) return false;
    } while (json_comma(r));
    return json_close(r, ']') || json_expected(r, ", or ]");
  default:
    if (json_word(r, "true") || json_word(r, "false") || json_word(r, "null")) return true;
    if (*r->p == '-' || (*r->p >= '0' && *r->p <= '9')) return json_number(r, &d);
    return json_expected(r, "a value");
  }
}
