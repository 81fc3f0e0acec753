/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/test.h"
#include "rpc/encoding.h"

#define BIT WEIR_ENCODING_BIT

static void names(void **state) {
  uint8_t e = 9;
  (void)state;
  assert_true(weir_encoding_parse((weir_str){NULL, 0}, &e));
  assert_int_equal(e, WEIR_IDENTITY);
  assert_true(weir_encoding_parse(WEIR_STR("identity"), &e));
  static const char *const unknown[] = {"", "snappy", "GZIP", "gzip ", "gzip, deflate", "identit"};
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
    assert_false(weir_encoding_parse(weir_str_of(unknown[i]), &e));
  for (uint32_t i = 0; i < WEIR_ENCODINGS; i++) {
    bool known = weir_encoding_parse(weir_str_of(weir_encoding_name(i)), &e);
    assert_int_equal(known, weir_encoding_is_built(i));
    assert_int_equal(e, i);
  }
  assert_null(weir_encoding_name(WEIR_ENCODINGS));
}

static void lists(void **state) {
  static const struct {
    const char *text;
    unsigned set;
  } rows[] = {
      {"", BIT(WEIR_IDENTITY)},
      {"identity", BIT(WEIR_IDENTITY)},
      {"gzip", BIT(WEIR_IDENTITY) | BIT(WEIR_GZIP)},
      {"identity,deflate,gzip", BIT(WEIR_IDENTITY) | BIT(WEIR_DEFLATE) | BIT(WEIR_GZIP)},
      {"identity, deflate, gzip", BIT(WEIR_IDENTITY) | BIT(WEIR_DEFLATE) | BIT(WEIR_GZIP)},
      {" zstd\t,snappy,, gzip ,", BIT(WEIR_IDENTITY) | BIT(WEIR_ZSTD) | BIT(WEIR_GZIP)},
      {"gzipp,xgzip", BIT(WEIR_IDENTITY)},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(weir_encodings_parse(weir_str_of(rows[i].text)), rows[i].set);
  assert_int_equal(weir_encodings_parse(weir_encodings_text()), weir_encodings_built());
}

static void what_a_program_may_ask_for(void **state) {
  weir_error e;
  (void)state;
  assert_int_equal(weir_encoding_check(WEIR_IDENTITY, &e), WEIR_OK);
  assert_int_equal(weir_encoding_check(WEIR_ENCODINGS, &e), WEIR_INVALID_ARGUMENT);
  assert_non_null(strstr(e.msg, "WEIR_GZIP"));
  for (uint32_t i = 1; i < WEIR_ENCODINGS; i++) {
    weir_code code = weir_encoding_check(i, &e);
    assert_int_equal(code, weir_encoding_is_built(i) ? WEIR_OK : WEIR_UNIMPLEMENTED);
    if (code) assert_non_null(strstr(e.msg, "build weir again"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names),
      cmocka_unit_test(lists),
      cmocka_unit_test(what_a_program_may_ask_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
