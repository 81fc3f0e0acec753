/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* wire.h - the protobuf encoding's atoms: varints, tags, little-endian words, UTF-8. Reads are bounded by `end` and
 * give NULL for malformed input; writes go backwards, from the last byte to the first. */
#ifndef WEIR_PB_WIRE_H
#define WEIR_PB_WIRE_H

#include "base/assert.h"

#include <weir/pb.h>

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_START = 3, WIRE_END = 4, WIRE_FIXED32 = 5 };

#define WIRE_MAX_VARINT 10
#define WIRE_MAX_TAG    5
#define WIRE_HIGH_BITS  UINT64_C(0x8080808080808080)

#if defined(__GNUC__)
#define WEIR_INLINE   static inline __attribute__((always_inline))
#define WEIR_NOINLINE __attribute__((noinline))
#else
#define WEIR_INLINE static inline
#define WEIR_NOINLINE
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WIRE_LITTLE_ENDIAN 1
#else
#define WIRE_LITTLE_ENDIAN 0
#endif

WEIR_INLINE uint32_t wire_load32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
WEIR_INLINE uint64_t wire_load64(const uint8_t *p) {
  return (uint64_t)wire_load32(p) | (uint64_t)wire_load32(p + 4) << 32;
}
WEIR_INLINE void wire_store32(uint8_t *p, uint32_t v) {
  if (WIRE_LITTLE_ENDIAN)
    memcpy(p, &v, sizeof v);
  else
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}
WEIR_INLINE void wire_store64(uint8_t *p, uint64_t v) {
  if (WIRE_LITTLE_ENDIAN)
    memcpy(p, &v, sizeof v);
  else
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(v >> 8 * i);
}

WEIR_INLINE uint32_t wire_zigzag32(uint32_t v) { return v << 1 ^ (0 - (v >> 31)); }
WEIR_INLINE uint64_t wire_zigzag64(uint64_t v) { return v << 1 ^ (0 - (v >> 63)); }
WEIR_INLINE uint32_t wire_unzigzag32(uint32_t v) { return v >> 1 ^ (0 - (v & 1)); }
WEIR_INLINE uint64_t wire_unzigzag64(uint64_t v) { return v >> 1 ^ (0 - (v & 1)); }

/* Where a varint ends, NULL if it is malformed, and its value: together in registers. */
typedef struct wire_num {
  const uint8_t *end;
  uint64_t value;
} wire_num;

/* The general case of wire_varint, up to 10 bytes; bits beyond 64 are dropped, as in other implementations. */
wire_num wire_varint_long(const uint8_t *p, const uint8_t *end);

WEIR_INLINE const uint8_t *wire_varint(const uint8_t *p, const uint8_t *end, uint64_t *v) {
  if (WEIR_LIKELY(p < end && *p < 0x80)) {
    *v = *p;
    return p + 1;
  }
  wire_num n = wire_varint_long(p, end);
  *v = n.value;
  return n.end;
}

/* A tag is a varint of 32 bits in at most 5 bytes. */
WEIR_INLINE const uint8_t *wire_tag(const uint8_t *p, const uint8_t *end, uint32_t *tag) {
  uint64_t v;
  const uint8_t *q = wire_varint(p, end, &v);
  if (!q || v > UINT32_MAX || q - p > WIRE_MAX_TAG) return NULL;
  *tag = (uint32_t)v;
  return q;
}

/* A length, known to fit between the returned pointer and end. */
WEIR_INLINE const uint8_t *wire_len(const uint8_t *p, const uint8_t *end, size_t *len) {
  uint64_t v;
  p = wire_varint(p, end, &v);
  if (WEIR_UNLIKELY(!p || v > (uint64_t)(end - p))) return NULL;
  *len = (size_t)v;
  return p;
}

/* Skips the rest of a field behind its tag; groups up to max_depth deep. NULL if malformed or deeper. */
const uint8_t *wire_skip(const uint8_t *p, const uint8_t *end, uint32_t tag, int max_depth);

/* Bytes a varint takes: 1 for 7 bits, 10 for 64. */
WEIR_INLINE size_t wire_varint_size(uint64_t v) {
#if defined(__GNUC__)
  return (size_t)((63 - __builtin_clzll(v | 1)) * 9 + 73) / 64;
#else
  size_t n = 1;
  while (v >>= 7) n++;
  return n;
#endif
}

/* Spreads 56 bits over 8 bytes, 7 to each. */
WEIR_INLINE uint64_t wire_spread(uint64_t v) {
  v = (v & UINT64_C(0x000000000fffffff)) | (v & UINT64_C(0x00fffffff0000000)) << 4;
  v = (v & UINT64_C(0x00003fff00003fff)) | (v & UINT64_C(0x0fffc0000fffc000)) << 2;
  return (v & UINT64_C(0x007f007f007f007f)) | (v & UINT64_C(0x3f803f803f803f80)) << 1;
}

/* wire_put_varint without a branch on the length, which is hard to foretell in a list of numbers. */
WEIR_INLINE uint8_t *wire_put_any_varint(uint8_t *p, uint64_t v) {
  if (WEIR_LIKELY(v < UINT64_C(1) << 56)) {
    size_t n = wire_varint_size(v);
    unsigned unused = 64 - 8 * (unsigned)n;
    wire_store64(p - 8, (wire_spread(v) << unused) | (WIRE_HIGH_BITS << unused & (WIRE_HIGH_BITS >> 8)));
    return p - n;
  }
  p -= wire_varint_size(v);
  uint8_t *at = p;
  for (; v >= 0x80; v >>= 7) *at++ = (uint8_t)(v | 0x80);
  *at = (uint8_t)v;
  return p;
}

/* Writes the varint that ends before p, where at least 10 bytes are free; gives its first byte. */
WEIR_INLINE uint8_t *wire_put_varint(uint8_t *p, uint64_t v) {
  if (WEIR_LIKELY(v < 0x80)) {
    *--p = (uint8_t)v;
    return p;
  }
  return wire_put_any_varint(p, v);
}

/* True if the n bytes are ASCII. */
WEIR_INLINE bool wire_ascii(const uint8_t *p, size_t n) {
  const uint8_t *end = p + n;
  uint64_t a, b, w[8];
  if (n >= 8) {
    for (; end - p > 64; p += 64) {
      memcpy(w, p, 64);
      a = w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7];
      if (WEIR_UNLIKELY(a & WIRE_HIGH_BITS)) return false;
    }
    for (; end - p > 16; p += 8) {
      memcpy(&a, p, 8);
      if (WEIR_UNLIKELY(a & WIRE_HIGH_BITS)) return false;
    }
    memcpy(&a, end - p > 8 ? p : end - 8, 8); /* fewer than 8 may be left of 64 */
    memcpy(&b, end - 8, 8);
    return !((a | b) & WIRE_HIGH_BITS);
  }
  if (n >= 4) {
    uint32_t c, d;
    memcpy(&c, p, 4);
    memcpy(&d, end - 4, 4);
    return !((c | d) & (uint32_t)WIRE_HIGH_BITS);
  }
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= p[i];
  return any < 0x80;
}

/* True if the n bytes are ASCII, at least one and at most WIRE_SHORT; false says nothing. Without a branch on n, which is hard
 * to foretell: WIRE_SHORT bytes are looked at, and have to be there. */
#define WIRE_SHORT 32
WEIR_INLINE bool wire_ascii_short(const uint8_t *p, size_t n) {
#if defined(__SSE2__)
  uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p));
  uint32_t high = (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + 16)));
  return n - 1 < WIRE_SHORT && !((low | high << 16) << (-(unsigned)n & 31));
#else
  (void)p;
  return n - 1 < WIRE_SHORT && wire_ascii(p, n);
#endif
}

bool wire_utf8_slow(const uint8_t *p, const uint8_t *end);

/* True if the n bytes are UTF-8 (Unicode 3.9, table 3-7): no overlong forms, surrogates or values beyond U+10FFFF. */
WEIR_INLINE bool wire_utf8(const uint8_t *p, size_t n) {
  return wire_ascii(p, n) || wire_utf8_slow(p, p + n);
}

#endif
