/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* utf8.c - is it UTF-8 (Unicode 3.9, table 3-7)? Letter by letter, and, on x86-64 with SSSE3, 16 bytes at a time and without
 * a branch on what they are (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte"). */
#include "pb/wire.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define UTF8_VECTORS 1
#include <tmmintrin.h>
#endif

/* Length of the valid sequence at p, 0 if there is none. */
static size_t utf8_sequence(const uint8_t *p, const uint8_t *end) {
  uint8_t c = *p;
  size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (c < 0xc2 || c > 0xf4 || (size_t)(end - p) < n) return 0;
  uint8_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
  uint8_t high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
  if (p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < n; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  return n;
}

static bool utf8_by_letter(const uint8_t *p, const uint8_t *end) {
  while (p < end) {
    if (*p < 0x80) {
      p++;
      continue;
    }
    size_t n = utf8_sequence(p, end);
    if (!n) return false;
    p += n;
  }
  return true;
}

#if UTF8_VECTORS

/* What two bytes that follow each other can have wrong, a bit each; a byte pair is wrong where all three tables below
 * agree on a bit. TWO_CONTS is not wrong if it stands third or fourth. */
enum {
  TOO_SHORT = 1,   /* a first byte, then none that continues */
  TOO_LONG = 2,    /* an ASCII byte, then one that continues */
  OVERLONG_3 = 4,  /* E0 80..9F */
  TOO_LARGE = 8,   /* F4 90.. , F5.. */
  SURROGATE = 16,  /* ED A0.. */
  OVERLONG_2 = 32, /* C0, C1 */
  OVERLONG_4 = 64, /* F0 80..8F; and F5.. 80..8F, which is too large */
  TWO_CONTS = 128, /* two that continue */
  ALWAYS = TOO_SHORT | TOO_LONG | TWO_CONTS,
  OVER = TOO_LARGE | OVERLONG_4
};
#define B(x)  (char)(uint8_t)(x)
#define B4(x) B(x), B(x), B(x), B(x)

typedef struct utf8_block {
  __m128i bytes, wrong;
} utf8_block;

__attribute__((target("ssse3"))) static inline utf8_block utf8_next(utf8_block last, __m128i bytes) {
  const __m128i first_high =
      _mm_setr_epi8(B4(TOO_LONG), B4(TOO_LONG), B4(TWO_CONTS), B(TOO_SHORT | OVERLONG_2), B(TOO_SHORT),
                    B(TOO_SHORT | OVERLONG_3 | SURROGATE), B(TOO_SHORT | TOO_LARGE | OVERLONG_4));
  const __m128i first_low = _mm_setr_epi8(
      B(ALWAYS | OVERLONG_2 | OVERLONG_3 | OVERLONG_4), B(ALWAYS | OVERLONG_2), B(ALWAYS), B(ALWAYS),
      B(ALWAYS | TOO_LARGE), B(ALWAYS | OVER), B(ALWAYS | OVER), B(ALWAYS | OVER), B4(ALWAYS | OVER),
      B(ALWAYS | OVER), B(ALWAYS | OVER | SURROGATE), B(ALWAYS | OVER), B(ALWAYS | OVER));
  const __m128i second_high = _mm_setr_epi8(
      B4(TOO_SHORT), B4(TOO_SHORT), B(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | OVERLONG_4),
      B(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE),
      B(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE),
      B(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE), B4(TOO_SHORT));
  const __m128i nibble = _mm_set1_epi8(15);
  __m128i one = _mm_alignr_epi8(bytes, last.bytes, 15), two = _mm_alignr_epi8(bytes, last.bytes, 14),
          three = _mm_alignr_epi8(bytes, last.bytes, 13);
  __m128i pair = _mm_shuffle_epi8(first_high, _mm_and_si128(_mm_srli_epi16(one, 4), nibble));
  pair = _mm_and_si128(pair, _mm_shuffle_epi8(first_low, _mm_and_si128(one, nibble)));
  pair = _mm_and_si128(pair, _mm_shuffle_epi8(second_high, _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble)));
  /* Third of E0.., or third or fourth of F0..: there, and only there, two that continue have to be. */
  __m128i inner = _mm_or_si128(_mm_subs_epu8(two, _mm_set1_epi8(0xe0 - 0x80)),
                               _mm_subs_epu8(three, _mm_set1_epi8(0xf0 - 0x80)));
  inner = _mm_and_si128(inner, _mm_set1_epi8((char)-128));
  return (utf8_block){bytes, _mm_or_si128(last.wrong, _mm_xor_si128(inner, pair))};
}

__attribute__((target("ssse3"))) static bool utf8_by_block(const uint8_t *p, const uint8_t *end) {
  utf8_block b = {_mm_setzero_si128(), _mm_setzero_si128()};
  for (; end - p >= 16; p += 16) b = utf8_next(b, _mm_loadu_si128((const __m128i *)(const void *)p));
  uint8_t rest[16] = {0}; /* at least one zero, which shows a letter that is cut off */
  if (p < end) memcpy(rest, p, (size_t)(end - p));
  b = utf8_next(b, _mm_loadu_si128((const __m128i *)(const void *)rest));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(b.wrong, _mm_setzero_si128())) == 0xffff;
}

#endif

WEIR_NOINLINE bool wire_utf8_slow(const uint8_t *p, const uint8_t *end) {
#if UTF8_VECTORS
  if (end - p >= 32 && __builtin_cpu_supports("ssse3")) return utf8_by_block(p, end);
#endif
  return utf8_by_letter(p, end);
}
