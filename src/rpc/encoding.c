/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/encoding.h"

#include <string.h>

#ifdef WEIR_HAVE_ZLIB
#define ZLIB_BITS (WEIR_ENCODING_BIT(WEIR_DEFLATE) | WEIR_ENCODING_BIT(WEIR_GZIP))
#define ZLIB_TEXT ", deflate, gzip"
#else
#define ZLIB_BITS 0
#define ZLIB_TEXT ""
#endif
#ifdef WEIR_HAVE_ZSTD
#define ZSTD_BITS WEIR_ENCODING_BIT(WEIR_ZSTD)
#define ZSTD_TEXT ", zstd"
#else
#define ZSTD_BITS 0
#define ZSTD_TEXT ""
#endif

static const struct {
  const char *name, *package;
} encodings[WEIR_ENCODINGS] = {
    [WEIR_IDENTITY] = {"identity", ""},
    [WEIR_DEFLATE] = {"deflate", "zlib (zlib1g-dev)"},
    [WEIR_GZIP] = {"gzip", "zlib (zlib1g-dev)"},
    [WEIR_ZSTD] = {"zstd", "libzstd (libzstd-dev)"},
};

weir_encodings weir_encodings_built(void) {
  return (weir_encodings)(WEIR_ENCODING_BIT(WEIR_IDENTITY) | ZLIB_BITS | ZSTD_BITS);
}

weir_str weir_encodings_text(void) { return WEIR_STR("identity" ZLIB_TEXT ZSTD_TEXT); }

const char *weir_encoding_name(uint32_t e) { return e < WEIR_ENCODINGS ? encodings[e].name : NULL; }

static bool encoding_find(weir_str name, uint8_t *e) {
  for (uint8_t i = 0; i < WEIR_ENCODINGS; i++) {
    if (!weir_str_eq(name, weir_str_of(encodings[i].name))) continue;
    *e = i;
    return true;
  }
  return false;
}

bool weir_encoding_parse(weir_str value, uint8_t *e) {
  *e = WEIR_IDENTITY;
  return !value.data || (encoding_find(value, e) && weir_encoding_is_built(*e));
}

weir_encodings weir_encodings_parse(weir_str value) {
  weir_encodings set = WEIR_ENCODING_BIT(WEIR_IDENTITY);
  while (value.len) {
    const char *comma = memchr(value.data, ',', value.len);
    weir_str name = {value.data, comma ? (size_t)(comma - value.data) : value.len};
    size_t taken = name.len + (comma != NULL);
    value = (weir_str){value.data + taken, value.len - taken};
    while (name.len && (name.data[0] == ' ' || name.data[0] == '\t'))
      name = (weir_str){name.data + 1, name.len - 1};
    while (name.len && (name.data[name.len - 1] == ' ' || name.data[name.len - 1] == '\t')) name.len--;
    uint8_t e;
    if (encoding_find(name, &e)) set |= WEIR_ENCODING_BIT(e);
  }
  return set;
}

weir_code weir_encoding_check(uint32_t e, weir_error *err) {
  if (weir_encoding_is_built(e)) return WEIR_OK;
  if (e >= WEIR_ENCODINGS)
    return weir_error_set(err, WEIR_INVALID_ARGUMENT, 0,
                          "compression %u is none: WEIR_IDENTITY, WEIR_DEFLATE, WEIR_GZIP or WEIR_ZSTD",
                          (unsigned)e);
  return weir_error_set(err, WEIR_UNIMPLEMENTED, 0,
                        "this build of weir has no %s: install %s and build weir again", encodings[e].name,
                        encodings[e].package);
}
