/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "hpack/huffman.h"

#include "base/assert.h"

/* RFC 7541 appendix B: code, right-aligned, and its length in bits, by symbol. */
static const struct {
  uint32_t code;
  uint8_t bits;
} huffman_codes[256] = {
    /* clang-format off */
    {0x1ff8, 13}, {0x7fffd8, 23}, {0xfffffe2, 28}, {0xfffffe3, 28}, {0xfffffe4, 28}, {0xfffffe5, 28},
    {0xfffffe6, 28}, {0xfffffe7, 28}, {0xfffffe8, 28}, {0xffffea, 24}, {0x3ffffffc, 30}, {0xfffffe9, 28},
    {0xfffffea, 28}, {0x3ffffffd, 30}, {0xfffffeb, 28}, {0xfffffec, 28}, {0xfffffed, 28}, {0xfffffee, 28},
    {0xfffffef, 28}, {0xffffff0, 28}, {0xffffff1, 28}, {0xffffff2, 28}, {0x3ffffffe, 30}, {0xffffff3, 28},
    {0xffffff4, 28}, {0xffffff5, 28}, {0xffffff6, 28}, {0xffffff7, 28}, {0xffffff8, 28}, {0xffffff9, 28},
    {0xffffffa, 28}, {0xffffffb, 28}, {0x14, 6}, {0x3f8, 10}, {0x3f9, 10}, {0xffa, 12},
    {0x1ff9, 13}, {0x15, 6}, {0xf8, 8}, {0x7fa, 11}, {0x3fa, 10}, {0x3fb, 10},
    {0xf9, 8}, {0x7fb, 11}, {0xfa, 8}, {0x16, 6}, {0x17, 6}, {0x18, 6},
    {0x0, 5}, {0x1, 5}, {0x2, 5}, {0x19, 6}, {0x1a, 6}, {0x1b, 6},
    {0x1c, 6}, {0x1d, 6}, {0x1e, 6}, {0x1f, 6}, {0x5c, 7}, {0xfb, 8},
    {0x7ffc, 15}, {0x20, 6}, {0xffb, 12}, {0x3fc, 10}, {0x1ffa, 13}, {0x21, 6},
    {0x5d, 7}, {0x5e, 7}, {0x5f, 7}, {0x60, 7}, {0x61, 7}, {0x62, 7},
    {0x63, 7}, {0x64, 7}, {0x65, 7}, {0x66, 7}, {0x67, 7}, {0x68, 7},
    {0x69, 7}, {0x6a, 7}, {0x6b, 7}, {0x6c, 7}, {0x6d, 7}, {0x6e, 7},
    {0x6f, 7}, {0x70, 7}, {0x71, 7}, {0x72, 7}, {0xfc, 8}, {0x73, 7},
    {0xfd, 8}, {0x1ffb, 13}, {0x7fff0, 19}, {0x1ffc, 13}, {0x3ffc, 14}, {0x22, 6},
    {0x7ffd, 15}, {0x3, 5}, {0x23, 6}, {0x4, 5}, {0x24, 6}, {0x5, 5},
    {0x25, 6}, {0x26, 6}, {0x27, 6}, {0x6, 5}, {0x74, 7}, {0x75, 7},
    {0x28, 6}, {0x29, 6}, {0x2a, 6}, {0x7, 5}, {0x2b, 6}, {0x76, 7},
    {0x2c, 6}, {0x8, 5}, {0x9, 5}, {0x2d, 6}, {0x77, 7}, {0x78, 7},
    {0x79, 7}, {0x7a, 7}, {0x7b, 7}, {0x7ffe, 15}, {0x7fc, 11}, {0x3ffd, 14},
    {0x1ffd, 13}, {0xffffffc, 28}, {0xfffe6, 20}, {0x3fffd2, 22}, {0xfffe7, 20}, {0xfffe8, 20},
    {0x3fffd3, 22}, {0x3fffd4, 22}, {0x3fffd5, 22}, {0x7fffd9, 23}, {0x3fffd6, 22}, {0x7fffda, 23},
    {0x7fffdb, 23}, {0x7fffdc, 23}, {0x7fffdd, 23}, {0x7fffde, 23}, {0xffffeb, 24}, {0x7fffdf, 23},
    {0xffffec, 24}, {0xffffed, 24}, {0x3fffd7, 22}, {0x7fffe0, 23}, {0xffffee, 24}, {0x7fffe1, 23},
    {0x7fffe2, 23}, {0x7fffe3, 23}, {0x7fffe4, 23}, {0x1fffdc, 21}, {0x3fffd8, 22}, {0x7fffe5, 23},
    {0x3fffd9, 22}, {0x7fffe6, 23}, {0x7fffe7, 23}, {0xffffef, 24}, {0x3fffda, 22}, {0x1fffdd, 21},
    {0xfffe9, 20}, {0x3fffdb, 22}, {0x3fffdc, 22}, {0x7fffe8, 23}, {0x7fffe9, 23}, {0x1fffde, 21},
    {0x7fffea, 23}, {0x3fffdd, 22}, {0x3fffde, 22}, {0xfffff0, 24}, {0x1fffdf, 21}, {0x3fffdf, 22},
    {0x7fffeb, 23}, {0x7fffec, 23}, {0x1fffe0, 21}, {0x1fffe1, 21}, {0x3fffe0, 22}, {0x1fffe2, 21},
    {0x7fffed, 23}, {0x3fffe1, 22}, {0x7fffee, 23}, {0x7fffef, 23}, {0xfffea, 20}, {0x3fffe2, 22},
    {0x3fffe3, 22}, {0x3fffe4, 22}, {0x7ffff0, 23}, {0x3fffe5, 22}, {0x3fffe6, 22}, {0x7ffff1, 23},
    {0x3ffffe0, 26}, {0x3ffffe1, 26}, {0xfffeb, 20}, {0x7fff1, 19}, {0x3fffe7, 22}, {0x7ffff2, 23},
    {0x3fffe8, 22}, {0x1ffffec, 25}, {0x3ffffe2, 26}, {0x3ffffe3, 26}, {0x3ffffe4, 26}, {0x7ffffde, 27},
    {0x7ffffdf, 27}, {0x3ffffe5, 26}, {0xfffff1, 24}, {0x1ffffed, 25}, {0x7fff2, 19}, {0x1fffe3, 21},
    {0x3ffffe6, 26}, {0x7ffffe0, 27}, {0x7ffffe1, 27}, {0x3ffffe7, 26}, {0x7ffffe2, 27}, {0xfffff2, 24},
    {0x1fffe4, 21}, {0x1fffe5, 21}, {0x3ffffe8, 26}, {0x3ffffe9, 26}, {0xffffffd, 28}, {0x7ffffe3, 27},
    {0x7ffffe4, 27}, {0x7ffffe5, 27}, {0xfffec, 20}, {0xfffff3, 24}, {0xfffed, 20}, {0x1fffe6, 21},
    {0x3fffe9, 22}, {0x1fffe7, 21}, {0x1fffe8, 21}, {0x7ffff3, 23}, {0x3fffea, 22}, {0x3fffeb, 22},
    {0x1ffffee, 25}, {0x1ffffef, 25}, {0xfffff4, 24}, {0xfffff5, 24}, {0x3ffffea, 26}, {0x7ffff4, 23},
    {0x3ffffeb, 26}, {0x7ffffe6, 27}, {0x3ffffec, 26}, {0x3ffffed, 26}, {0x7ffffe7, 27}, {0x7ffffe8, 27},
    {0x7ffffe9, 27}, {0x7ffffea, 27}, {0x7ffffeb, 27}, {0xffffffe, 28}, {0x7ffffec, 27}, {0x7ffffed, 27},
    {0x7ffffee, 27}, {0x7ffffef, 27}, {0x7fffff0, 27}, {0x3ffffee, 26},
    /* clang-format on */
};

/* The code is canonical: ordered by length, codes are consecutive numbers. So the next 8 bits of input lead to
 * the symbols of at most 8 bits when each is repeated for all that may follow it, in order. */
typedef struct huffman_entry {
  uint8_t symbol, bits; /* bits 0: a longer code */
} huffman_entry;

#define R8(s) \
  { s, 8 }
#define R7(s) \
  {s, 7}, { s, 7 }
#define R6(s) \
  {s, 6}, {s, 6}, {s, 6}, { s, 6 }
#define R5(s) \
  {s, 5}, {s, 5}, {s, 5}, {s, 5}, {s, 5}, {s, 5}, {s, 5}, { s, 5 }
static const huffman_entry huffman_short[256] = {
    /* clang-format off */
    R5('0'), R5('1'), R5('2'), R5('a'), R5('c'), R5('e'), R5('i'), R5('o'), R5('s'), R5('t'),
    R6(' '), R6('%'), R6('-'), R6('.'), R6('/'), R6('3'), R6('4'), R6('5'), R6('6'), R6('7'), R6('8'), R6('9'), R6('='),
    R6('A'), R6('_'), R6('b'), R6('d'), R6('f'), R6('g'), R6('h'), R6('l'), R6('m'), R6('n'), R6('p'), R6('r'), R6('u'),
    R7(':'), R7('B'), R7('C'), R7('D'), R7('E'), R7('F'), R7('G'), R7('H'), R7('I'), R7('J'), R7('K'), R7('L'), R7('M'),
    R7('N'), R7('O'), R7('P'), R7('Q'), R7('R'), R7('S'), R7('T'), R7('U'), R7('V'), R7('W'), R7('Y'), R7('j'), R7('k'),
    R7('q'), R7('v'), R7('w'), R7('x'), R7('y'), R7('z'),
    R8('&'), R8('*'), R8(','), R8(';'), R8('X'), R8('Z'), {0, 0}, {0, 0},
    /* clang-format on */
};
#undef R8
#undef R7
#undef R6
#undef R5

/* Longer codes: of each length, the first code, left-aligned in 32 bits, and where its symbols start. */
static const struct {
  uint32_t first;
  uint8_t bits, start;
} huffman_long[] = {
    /* clang-format off */
    {0xfe000000, 10, 0}, {0xff400000, 11, 5}, {0xffa00000, 12, 8}, {0xffc00000, 13, 10},
    {0xfff00000, 14, 16}, {0xfff80000, 15, 18}, {0xfffe0000, 19, 21}, {0xfffe6000, 20, 24},
    {0xfffee000, 21, 32}, {0xffff4800, 22, 45}, {0xffffb000, 23, 71}, {0xffffea00, 24, 100},
    {0xfffff600, 25, 112}, {0xfffff800, 26, 116}, {0xfffffbc0, 27, 131}, {0xfffffe20, 28, 150},
    {0xfffffff0, 30, 179},
    /* clang-format on */
};
static const uint8_t huffman_long_symbols[] = {
    /* clang-format off */
    33, 34, 40, 41, 63, 39, 43, 124, 35, 62, 0, 36, 64, 91, 93, 126, 94, 125, 60, 96, 123, 92, 195, 208,
    128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230, 129, 132, 133,
    134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233, 1,
    135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188,
    191, 197, 231, 239, 9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237, 199, 207, 234, 235, 192, 193, 200, 201,
    202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255, 203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247,
    248, 250, 251, 252, 253, 254, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23,
    24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249, 10, 13, 22,
    /* clang-format on */
};

size_t weir_huffman_size(weir_str s) {
  uint64_t bits = 0;
  for (size_t i = 0; i < s.len; i++) bits += huffman_codes[(uint8_t)s.data[i]].bits;
  return (size_t)((bits + 7) / 8);
}

char *weir_huffman_encode(weir_str s, char *out) {
  uint64_t acc = 0; /* the low n bits are not written yet */
  unsigned n = 0;
  for (size_t i = 0; i < s.len; i++) {
    uint8_t c = (uint8_t)s.data[i];
    acc = acc << huffman_codes[c].bits | huffman_codes[c].code;
    n += huffman_codes[c].bits;
    for (; n >= 8; n -= 8) *out++ = (char)(acc >> (n - 8));
  }
  if (n) *out++ = (char)(acc << (8 - n) | 0xffu >> n); /* padded with the first bits of EOS */
  return out;
}

/* The symbol of more than 8 bits at the left of `word`; bits 0 for EOS and for what no code starts with. */
static huffman_entry huffman_find_long(uint32_t word) {
  size_t k = sizeof huffman_long / sizeof huffman_long[0] - 1;
  while (k > 0 && word < huffman_long[k].first) k--;
  unsigned bits = huffman_long[k].bits;
  size_t at = huffman_long[k].start + ((word - huffman_long[k].first) >> (32 - bits));
  if (at >= sizeof huffman_long_symbols) return (huffman_entry){0, 0};
  return (huffman_entry){huffman_long_symbols[at], (uint8_t)bits};
}

bool weir_huffman_decode(weir_str in, char *out, size_t *len) {
  const uint8_t *p = (const uint8_t *)in.data, *end = p + in.len;
  char *start = out;
  uint64_t acc = 0; /* the next n bits, left-aligned; ones behind them once the input has ended */
  unsigned n = 0;
  for (;;) {
    for (; n <= 56 && p < end; n += 8) acc |= (uint64_t)*p++ << (56 - n);
    if (n < 32) { /* the last bytes: complete them with padding, which is no symbol */
      if (n == 0) break;
      acc |= UINT64_MAX >> n;
    }
    huffman_entry e = huffman_short[acc >> 56];
    if (e.bits == 0) e = huffman_find_long((uint32_t)(acc >> 32));
    if (e.bits == 0 || e.bits > n) {
      /* EOS, or a code that the end cuts off: only fewer than 8 bits of ones are padding (RFC 7541 5.2). */
      if (n >= 8 || acc != UINT64_MAX) return false;
      break;
    }
    *out++ = (char)e.symbol;
    acc <<= e.bits;
    n -= e.bits;
  }
  *len = (size_t)(out - start);
  return true;
}
