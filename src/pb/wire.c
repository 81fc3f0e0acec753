/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/wire.h"

/* Takes the 7-bit groups of the low n bytes of w, whose top bits may still be set, together. */
static uint64_t varint_compact(uint64_t w) {
  w = (w & UINT64_C(0x007f007f007f007f)) | (w & UINT64_C(0x7f007f007f007f00)) >> 1;
  w = (w & UINT64_C(0x00003fff00003fff)) | (w & UINT64_C(0x3fff00003fff0000)) >> 2;
  return (w & UINT64_C(0x000000000fffffff)) | (w & UINT64_C(0x0fffffff00000000)) >> 4;
}

static wire_num varint_bytewise(const uint8_t *p, const uint8_t *end) {
  uint64_t sum = 0;
  for (unsigned shift = 0; p < end && shift < 70; shift += 7) {
    uint8_t b = *p++;
    sum |= (uint64_t)(b & 0x7f) << shift;
    if (b < 0x80) return (wire_num){p, sum};
  }
  return (wire_num){NULL, 0};
}

WEIR_NOINLINE wire_num wire_varint_long(const uint8_t *p, const uint8_t *end) {
#if defined(__GNUC__)
  if (WEIR_LIKELY(end - p >= 8)) {
    uint64_t w = wire_load64(p), stop = ~w & WIRE_HIGH_BITS;
    if (WEIR_LIKELY(stop))
      return (wire_num){p + (__builtin_ctzll(stop) >> 3) + 1, varint_compact(w & (stop ^ (stop - 1)))};
  }
#endif
  return varint_bytewise(p, end);
}

static const uint8_t *skip_scalar(const uint8_t *p, const uint8_t *end, uint32_t wire_type) {
  uint64_t v;
  size_t len;
  switch (wire_type) {
  case WIRE_VARINT: return wire_varint(p, end, &v);
  case WIRE_FIXED64: return end - p >= 8 ? p + 8 : NULL;
  case WIRE_FIXED32: return end - p >= 4 ? p + 4 : NULL;
  case WIRE_BYTES: p = wire_len(p, end, &len); return p ? p + len : NULL;
  default: return NULL;
  }
}

/* Recursion is bounded by max_depth: a group ends only with the number it began with. */
static const uint8_t *skip_group(const uint8_t *p, const uint8_t *end, uint32_t number, int max_depth) {
  if (max_depth <= 0) return NULL;
  for (;;) {
    uint32_t tag;
    p = wire_tag(p, end, &tag);
    if (!p || tag >> 3 == 0) return NULL;
    if ((tag & 7) == WIRE_END) return tag >> 3 == number ? p : NULL;
    p = wire_skip(p, end, tag, max_depth - 1);
    if (!p) return NULL;
  }
}

const uint8_t *wire_skip(const uint8_t *p, const uint8_t *end, uint32_t tag, int max_depth) {
  if ((tag & 7) == WIRE_START) return skip_group(p, end, tag >> 3, max_depth);
  return skip_scalar(p, end, tag & 7);
}
