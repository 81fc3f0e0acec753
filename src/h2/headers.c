/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/headers.h"

#include <string.h>

static weir_h2_error malformed(const char *why) { return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, why); }

/* Characters of a field name: RFC 9110 5.6.2 tokens without upper case (RFC 9113 8.2.1). */
static bool name_has(uint8_t c) {
  /* clang-format off */
  static const uint8_t token[256] = {
      ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,
      ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1,
      ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
      ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1,
      ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1,
      ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
  };
  /* clang-format on */
  return token[c];
}

static weir_h2_error name_check(weir_str name) {
  if (name.len == 0) return malformed("header field without a name");
  for (size_t i = 0; i < name.len; i++) {
    uint8_t c = (uint8_t)name.data[i];
    if (name_has(c)) continue;
    return malformed(c >= 'A' && c <= 'Z' ? "upper case in a header field name"
                                          : "character in a header field name");
  }
  return weir_h2_no_error();
}

/* NUL, CR and LF (RFC 9113 8.2.1). Eight bytes at a time are looked at for any control character first. */
static weir_h2_error value_check(weir_str value) {
  const uint64_t ones = 0x0101010101010101u;
  size_t i = 0;
  for (uint64_t w; value.len - i >= 8; i += 8) {
    memcpy(&w, value.data + i, 8);
    if ((w - ones * 0x10) & ~w & ones * 0x80) break; /* some byte is below 0x10 */
  }
  for (; i < value.len; i++) {
    char c = value.data[i];
    if (c == 0 || c == '\r' || c == '\n') return malformed("character in a header field value");
  }
  return weir_h2_no_error();
}

static bool is(weir_str s, const char *text, size_t len) {
  return s.len == len && memcmp(s.data, text, len) == 0;
}
#define IS(s, literal) is((s), (literal), sizeof(literal) - 1)

/* Fields about an HTTP/1 connection, and te (RFC 9113 8.2.2). */
static weir_h2_error connection_check(const weir_hpack_field *f) {
  bool wrong = false;
  switch (f->name.len) {
  case 2:
    return IS(f->name, "te") && !IS(f->value, "trailers") ? malformed("te other than trailers")
                                                          : weir_h2_no_error();
  case 7: wrong = IS(f->name, "upgrade"); break;
  case 10: wrong = IS(f->name, "connection") || IS(f->name, "keep-alive"); break;
  case 16: wrong = IS(f->name, "proxy-connection"); break;
  case 17: wrong = IS(f->name, "transfer-encoding"); break;
  default: break;
  }
  return wrong ? malformed("connection-specific header field") : weir_h2_no_error();
}

static weir_h2_error content_length_read(weir_str value, uint64_t *length) {
  uint64_t v = 0;
  for (size_t i = 0; i < value.len; i++) {
    unsigned digit = (unsigned)(uint8_t)value.data[i] - '0';
    if (digit > 9 || v > (UINT64_MAX - 10) / 10) return malformed("content-length is not a number");
    v = v * 10 + digit;
  }
  if (value.len == 0) return malformed("content-length is not a number");
  if (*length != WEIR_H2_NO_LENGTH && *length != v) return malformed("two lengths of one content");
  *length = v;
  return weir_h2_no_error();
}

enum { STATIC_CONTENT_LENGTH = 28, STATIC_TRANSFER_ENCODING = 57 }; /* RFC 7541 appendix A */

static weir_h2_error regular_check(const weir_hpack_field *f, weir_h2_block_info *info) {
  weir_h2_error e = value_check(f->value);
  if (f->name_index && f->name_index != STATIC_CONTENT_LENGTH && f->name_index != STATIC_TRANSFER_ENCODING)
    return e;
  if (!e.scope) e = name_check(f->name);
  if (!e.scope) e = connection_check(f);
  if (!e.scope && IS(f->name, "content-length")) e = content_length_read(f->value, &info->content_length);
  return e;
}

enum {
  METHOD = 1,
  SCHEME = 2,
  PATH = 4,
  AUTHORITY = 8,
  STATUS = 16,
  REQUEST_FIELDS = METHOD | SCHEME | PATH
};

static unsigned pseudo_bit(weir_str name, unsigned static_index) {
  static const uint8_t bits[] = {0, AUTHORITY, METHOD, METHOD, PATH, PATH, SCHEME, SCHEME, STATUS};
  if (static_index) return bits[static_index < 8 ? static_index : 8]; /* 8 to 14 are all :status */
  if (IS(name, ":method")) return METHOD;
  if (IS(name, ":scheme")) return SCHEME;
  if (IS(name, ":path")) return PATH;
  if (IS(name, ":authority")) return AUTHORITY;
  if (IS(name, ":status")) return STATUS;
  return 0;
}

static bool status_read(weir_str v, uint32_t *status) {
  if (v.len != 3 || v.data[0] < '1' || v.data[0] > '9') return false;
  if (v.data[1] < '0' || v.data[1] > '9' || v.data[2] < '0' || v.data[2] > '9') return false;
  *status = (uint32_t)((v.data[0] - '0') * 100 + (v.data[1] - '0') * 10 + (v.data[2] - '0'));
  return true;
}

/* One pseudo-header field (RFC 9113 8.3); *seen and *is_connect are kept from field to field. */
static weir_h2_error pseudo_check(const weir_hpack_field *f, weir_h2_block_kind kind, unsigned *seen,
                                  bool *is_connect, weir_h2_block_info *info) {
  unsigned bit = pseudo_bit(f->name, f->name_index);
  unsigned allowed = kind == WEIR_H2_REQUEST    ? REQUEST_FIELDS | AUTHORITY
                     : kind == WEIR_H2_RESPONSE ? STATUS
                                                : 0;
  if (!(bit & allowed)) return malformed("pseudo-header field that does not belong here");
  if (*seen & bit) return malformed("pseudo-header field sent twice");
  *seen |= bit;
  weir_h2_error e = value_check(f->value);
  if (e.scope) return e;
  switch (bit) {
  case METHOD:
    if (f->value.len == 0) return malformed("empty :method");
    info->is_head = IS(f->value, "HEAD");
    *is_connect = IS(f->value, "CONNECT");
    break;
  case PATH:
    if (f->value.len == 0) return malformed("empty :path");
    break;
  case STATUS:
    if (!status_read(f->value, &info->status)) return malformed(":status is not a status code");
    break;
  default: break;
  }
  return e;
}

static weir_h2_error required_check(weir_h2_block_kind kind, unsigned seen, bool is_connect) {
  if (kind == WEIR_H2_RESPONSE && !(seen & STATUS)) return malformed("response without :status");
  if (kind != WEIR_H2_REQUEST) return weir_h2_no_error();
  unsigned required = is_connect ? METHOD | AUTHORITY : REQUEST_FIELDS; /* RFC 9113 8.3.1, 8.5 */
  if ((seen & required) != required) return malformed("request without :method, :scheme or :path");
  if (is_connect && seen & (SCHEME | PATH)) return malformed("CONNECT with :scheme or :path");
  return weir_h2_no_error();
}

weir_h2_error weir_h2_headers_check(const weir_hpack_field *fields, size_t n, weir_h2_block_kind kind,
                                    bool over, weir_h2_block_info *info) {
  *info = (weir_h2_block_info){.content_length = WEIR_H2_NO_LENGTH};
  unsigned seen = 0;
  bool is_connect = false, regular = false;
  for (size_t i = 0; i < n; i++) {
    const weir_hpack_field *f = &fields[i];
    weir_h2_error e;
    if (f->name.len && f->name.data[0] == ':') {
      if (regular) return malformed("pseudo-header field behind a regular one");
      e = pseudo_check(f, kind, &seen, &is_connect, info);
    } else {
      regular = true;
      e = regular_check(f, info);
    }
    if (e.scope) return e;
  }
  return over ? weir_h2_no_error() : required_check(kind, seen, is_connect);
}
