/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cursor.h - reads big-endian fields from bytes. `bad` is sticky: read ten fields straight, test it once. */
#ifndef WEIR_BASE_CURSOR_H
#define WEIR_BASE_CURSOR_H

#include <weir/base.h>

typedef struct weir_cursor {
  const uint8_t *at, *end;
  bool bad; /* a read went past the end; everything read since is 0 */
} weir_cursor;

static inline weir_cursor weir_cursor_of(weir_str s) {
  const uint8_t *p = (const uint8_t *)s.data;
  return (weir_cursor){p, p ? p + s.len : p, false};
}
static inline size_t weir_cursor_left(const weir_cursor *c) { return (size_t)(c->end - c->at); }

static inline const uint8_t *weir_cursor_bytes(weir_cursor *c, size_t n) {
  if (weir_cursor_left(c) < n) {
    c->bad = true;
    c->at = c->end;
    return NULL;
  }
  const uint8_t *p = c->at;
  c->at += n;
  return p;
}
static inline uint8_t weir_cursor_u8(weir_cursor *c) {
  const uint8_t *p = weir_cursor_bytes(c, 1);
  return p ? *p : 0;
}
static inline uint32_t weir_load_be16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static inline uint32_t weir_load_be24(const uint8_t *p) {
  return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}
static inline uint32_t weir_load_be32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void weir_store_be16(uint8_t *p, uint32_t v) {
  p[0] = (uint8_t)(v >> 8);
  p[1] = (uint8_t)v;
}
static inline void weir_store_be24(uint8_t *p, uint32_t v) {
  p[0] = (uint8_t)(v >> 16);
  weir_store_be16(p + 1, v);
}
static inline void weir_store_be32(uint8_t *p, uint32_t v) {
  p[0] = (uint8_t)(v >> 24);
  p[1] = (uint8_t)(v >> 16);
  p[2] = (uint8_t)(v >> 8);
  p[3] = (uint8_t)v;
}
static inline uint32_t weir_cursor_be16(weir_cursor *c) {
  const uint8_t *p = weir_cursor_bytes(c, 2);
  return p ? weir_load_be16(p) : 0;
}
static inline uint32_t weir_cursor_be24(weir_cursor *c) {
  const uint8_t *p = weir_cursor_bytes(c, 3);
  return p ? weir_load_be24(p) : 0;
}
static inline uint32_t weir_cursor_be32(weir_cursor *c) {
  const uint8_t *p = weir_cursor_bytes(c, 4);
  return p ? weir_load_be32(p) : 0;
}

#endif
