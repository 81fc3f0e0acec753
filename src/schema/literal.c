/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* literal.c - the values of number and string tokens. Tokens that are malformed were reported when they were
 * read; here they give some value. */
#include "schema/token.h"

static int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

bool weir_literal_integer(weir_str text, uint64_t max, uint64_t *out) {
  const char *p = text.data, *end = text.data + text.len;
  unsigned base = 10;
  if (text.len && *p == '0') {
    base = 8;
    if (text.len > 1 && (p[1] == 'x' || p[1] == 'X')) {
      base = 16;
      p += 2;
    }
  }
  uint64_t value = 0;
  for (; p < end; p++) {
    unsigned digit = (unsigned)digit_value(*p);
    if (digit >= base || digit > max || value > (max - digit) / base) return false;
    value = value * base + digit;
  }
  *out = value;
  return true;
}

double weir_literal_float(weir_schema *s, weir_str text) {
  return strtod(weir_schema_dup(s, text).data, NULL);
}

bool weir_is_identifier(weir_str text) {
  if (!text.len || (text.data[0] >= '0' && text.data[0] <= '9')) return false;
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] != '_' && digit_value(text.data[i]) > 35) return false;
  return true;
}

static char *put_utf8(char *out, uint32_t c) {
  if (c < 0x80) {
    *out++ = (char)c;
  } else if (c < 0x800) {
    *out++ = (char)(0xC0 | c >> 6);
    *out++ = (char)(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out++ = (char)(0xE0 | c >> 12);
    *out++ = (char)(0x80 | (c >> 6 & 0x3F));
    *out++ = (char)(0x80 | (c & 0x3F));
  } else {
    *out++ = (char)(0xF0 | c >> 18);
    *out++ = (char)(0x80 | (c >> 12 & 0x3F));
    *out++ = (char)(0x80 | (c >> 6 & 0x3F));
    *out++ = (char)(0x80 | (c & 0x3F));
  }
  return out;
}

/* Up to `max` digits at *p. */
static uint32_t read_digits(const char **p, const char *end, unsigned base, int max, int *count) {
  uint32_t value = 0;
  for (*count = 0; *count < max && *p < end && (unsigned)digit_value(**p) < base; ++*count)
    value = value * base + (uint32_t)digit_value(*(*p)++);
  return value;
}

/* \uXXXX and \UXXXXXXXX; two halves of a surrogate pair make one character. *p is at the u. */
static char *unescape_unicode(const char **p, const char *end, char *out) {
  int want = **p == 'u' ? 4 : 8, count;
  const char *at = *p + 1;
  uint32_t c = read_digits(&at, end, 16, want, &count);
  if (count != want || c > 0x10FFFF) {
    *out++ = *(*p)++;
    return out;
  }
  if (c >= 0xD800 && c < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const char *low_at = at + 2;
    uint32_t low = read_digits(&low_at, end, 16, 4, &count);
    if (count == 4 && low >= 0xDC00 && low < 0xE000) {
      c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
      at = low_at;
    }
  }
  *p = at;
  return put_utf8(out, c);
}

static char simple_escape(char c) {
  static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
  const char *found = strchr(from, c);
  return found && c ? to[found - from] : c;
}

/* Behind the backslash; at least one byte is left. */
static char *unescape_one(const char **p, const char *end, char *out) {
  int count;
  char c = **p;
  if (c >= '0' && c <= '7') {
    *out++ = (char)read_digits(p, end, 8, 3, &count);
  } else if (c == 'x' || c == 'X') {
    ++*p;
    *out++ = (char)read_digits(p, end, 16, 2, &count);
  } else if (c == 'u' || c == 'U') {
    out = unescape_unicode(p, end, out);
  } else {
    *out++ = simple_escape(c);
    ++*p;
  }
  return out;
}

size_t weir_literal_unescape(weir_str text, char *out) {
  if (!text.len) return 0;
  const char *p = text.data + 1, *end = text.data + text.len;
  if (text.len > 1 && end[-1] == text.data[0]) end--;
  char *start = out;
  while (p < end) {
    if (*p == '\\' && p + 1 < end) {
      p++;
      out = unescape_one(&p, end, out);
    } else {
      *out++ = *p++;
    }
  }
  return (size_t)(out - start);
}
