/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "hpack/huffman.h"

#include "hpack/hpack_test.h"

static weir_str encode(const char *text, size_t len, char *out) {
  weir_str s = {text, len};
  size_t size = weir_huffman_size(s);
  assert_ptr_equal(weir_huffman_encode(s, out), out + size);
  return (weir_str){out, size};
}

/* RFC 7541 C.4 and C.6. */
static void test_examples(void **state) {
  (void)state;
  static const struct {
    const char *text, *hex;
  } rows[] = {
      {"www.example.com", "f1e3c2e5f23a6ba0ab90f4ff"},
      {"no-cache", "a8eb10649cbf"},
      {"custom-key", "25a849e95ba97d7f"},
      {"custom-value", "25a849e95bb8e8b4bf"},
      {"302", "6402"},
      {"private", "aec3771a4b"},
      {"Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff"},
      {"https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3"},
      {"foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
       "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"},
      {"", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char coded[128], text[128];
    size_t len;
    weir_bytes hex = test_hex(rows[i].hex);
    weir_str got = encode(rows[i].text, strlen(rows[i].text), coded);
    assert_true(weir_str_eq(got, weir_bytes_view(&hex)));
    assert_true(weir_huffman_decode(got, text, &len));
    assert_true(weir_str_eq((weir_str){text, len}, weir_str_of(rows[i].text)));
    weir_bytes_fini(&hex);
  }
}

/* Each symbol alone, and each pair of them: every code meets every bit position. */
static void test_all_symbols(void **state) {
  (void)state;
  for (int a = 0; a < 256; a++) {
    for (int b = 0; b < 256; b++) {
      char text[3] = {(char)a, (char)b, (char)a}, coded[16], back[WEIR_HUFFMAN_MAX_DECODED(16)];
      size_t len;
      assert_true(weir_huffman_decode(encode(text, 3, coded), back, &len));
      assert_int_equal(len, 3);
      assert_memory_equal(back, text, 3);
    }
  }
}

static void test_bad_input(void **state) {
  (void)state;
  static const char *const rows[] = {
      "ff",               /* 8 bits of padding */
      "07ff",             /* '0' and 11 bits of padding */
      "1f00",             /* padded by zeros */
      "00",               /* likewise: '0' and 000 */
      "fffffffc",         /* EOS, padded */
      "ffffffff",         /* longer than EOS */
      "1ffffffffe",       /* a symbol, then EOS */
      "fffffffffffffff0", /* several EOS */
      "fffffe",           /* the start of a long code only */
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[64];
    size_t len;
    weir_bytes b = test_hex(rows[i]);
    if (weir_huffman_decode(weir_bytes_view(&b), out, &len)) fail_msg("%s was decoded", rows[i]);
    weir_bytes_fini(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_examples),
      cmocka_unit_test(test_all_symbols),
      cmocka_unit_test(test_bad_input),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
