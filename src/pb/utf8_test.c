/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The vector way against the letters' way, which is short enough to be read beside the standard's table. */
#include "base/test.h"
#include "pb/utf8.c"

static void check(const uint8_t *p, size_t n) {
  if (wire_utf8_slow(p, p + n) != utf8_by_letter(p, p + n)) fail_msg("they differ at %02x %02x", p[0], p[1]);
}

/* Every pair, and every triple and quadruple that begins a letter, at every place in and across two blocks. */
static void test_sequences(void **unused) {
  (void)unused;
  static const uint8_t tails[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
                                  0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xf0, 0xff};
  static const size_t places[] = {0, 13, 14, 15, 44};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    uint8_t text[48];
    size_t at = places[i];
    for (unsigned a = 0; a < 256; a++)
      for (unsigned b = 0; b < 256; b++)
        for (size_t c = 0; c < sizeof tails; c++)
          for (size_t d = 0; d < (a >= 0xf0 ? sizeof tails : 1); d++) {
            memset(text, 'x', sizeof text);
            text[at] = (uint8_t)a;
            text[at + 1] = (uint8_t)b;
            text[at + 2] = tails[c];
            text[at + 3] = tails[d];
            check(text, sizeof text);
          }
  }
}

/* Letters of all lengths, cut off at every place. */
static void test_cut(void **unused) {
  (void)unused;
  const uint8_t *text =
      (const uint8_t
           *)"a\303\244\346\274\242\360\237\230\200b\320\266\355\237\277\356\200\200\364\217\277\277z"
             "a\303\244\346\274\242\360\237\230\200b\320\266\355\237\277\356\200\200\364\217\277\277z";
  size_t n = strlen((const char *)text);
  assert_true(wire_utf8_slow(text, text + n));
  for (size_t i = 0; i <= n; i++)
    for (size_t j = i; j <= n; j++) check(text + i, j - i);
}

/* Every length, and a letter that is not ASCII just before, in and just behind: what is outside is not looked at. */
static void test_ascii(void **unused) {
  (void)unused;
  uint8_t text[256];
  memset(text, 'x', sizeof text);
  for (size_t n = 0; n <= 200; n++) {
    text[15] = text[16 + n] = 0x80;
    assert_true(wire_ascii(text + 16, n));
    text[15] = text[16 + n] = 'x';
    for (size_t i = 0; i < n; i++) {
      text[16 + i] = 0x80;
      assert_false(wire_ascii(text + 16, n));
      text[16 + i] = 'x';
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sequences), cmocka_unit_test(test_cut),
                                     cmocka_unit_test(test_ascii)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
