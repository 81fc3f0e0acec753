/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/status.h"

#include "h2/h2.h"

#include <stdlib.h>
#include <string.h>

static void parses_codes(void **state) {
  static const struct {
    const char *text;
    weir_code code;
  } rows[] = {
      {"0", WEIR_OK},       {"1", WEIR_CANCELLED},        {"9", WEIR_FAILED_PRECONDITION},
      {"10", WEIR_ABORTED}, {"16", WEIR_UNAUTHENTICATED}, {"17", WEIR_UNKNOWN},
      {"99", WEIR_UNKNOWN}, {"", WEIR_UNKNOWN},           {"00", WEIR_UNKNOWN},
      {"05", WEIR_UNKNOWN}, {"-1", WEIR_UNKNOWN},         {" 5", WEIR_UNKNOWN},
      {"5 ", WEIR_UNKNOWN}, {"1x", WEIR_UNKNOWN},         {"4294967297", WEIR_UNKNOWN},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(weir_status_parse(weir_str_of(rows[i].text)), rows[i].code);
}

static void formats_what_it_parses(void **state) {
  (void)state;
  for (weir_code code = 0; code <= 16; code++)
    assert_int_equal(weir_status_parse(weir_status_format(code)), code);
  assert_int_equal(weir_status_parse(weir_status_format(17)), WEIR_UNKNOWN);
  assert_int_equal(weir_status_parse(weir_status_format(-1)), WEIR_UNKNOWN);
}

static void maps_http_statuses(void **state) {
  static const struct {
    uint32_t http;
    weir_code code;
  } rows[] = {{400, WEIR_INTERNAL},        {431, WEIR_INTERNAL},
              {401, WEIR_UNAUTHENTICATED}, {403, WEIR_PERMISSION_DENIED},
              {404, WEIR_UNIMPLEMENTED},   {429, WEIR_UNAVAILABLE},
              {502, WEIR_UNAVAILABLE},     {503, WEIR_UNAVAILABLE},
              {504, WEIR_UNAVAILABLE},     {200, WEIR_UNKNOWN},
              {415, WEIR_UNKNOWN},         {500, WEIR_UNKNOWN},
              {0, WEIR_UNKNOWN},           {301, WEIR_UNKNOWN}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(weir_status_of_http(rows[i].http), rows[i].code);
}

static void maps_h2_codes(void **state) {
  (void)state;
  for (uint32_t code = 0; code < 20; code++) {
    weir_code want = code == WEIR_H2_REFUSED_STREAM        ? WEIR_UNAVAILABLE
                     : code == WEIR_H2_CANCEL              ? WEIR_CANCELLED
                     : code == WEIR_H2_ENHANCE_YOUR_CALM   ? WEIR_RESOURCE_EXHAUSTED
                     : code == WEIR_H2_INADEQUATE_SECURITY ? WEIR_PERMISSION_DENIED
                                                           : WEIR_INTERNAL;
    assert_int_equal(weir_status_of_h2(code), want);
  }
}

static void maps_local_failures(void **state) {
  (void)state;
  assert_int_equal(weir_status_of_err(WEIR_EOK), WEIR_OK);
  assert_int_equal(weir_status_of_err(WEIR_ENOMEM), WEIR_RESOURCE_EXHAUSTED);
  assert_int_equal(weir_status_of_err(WEIR_ELIMIT), WEIR_RESOURCE_EXHAUSTED);
  assert_int_equal(weir_status_of_err(WEIR_EPROTO), WEIR_UNAVAILABLE);
  assert_int_equal(weir_status_of_err(WEIR_ESYS), WEIR_UNAVAILABLE);
  assert_int_equal(weir_status_of_err(WEIR_EINVALID), WEIR_INTERNAL);
}

static void check_encoding(const char *plain, size_t len, const char *want) {
  char out[256], back[256];
  size_t n = weir_status_encode_text((weir_str){plain, len}, out);
  assert_int_equal(n, strlen(want));
  assert_memory_equal(out, want, n);
  assert_int_equal(weir_status_encoded_len((weir_str){plain, len}), n);
  weir_str decoded = weir_status_decode_text((weir_str){out, n}, back);
  assert_int_equal(decoded.len, len);
  assert_memory_equal(decoded.data, plain, len);
}

static void encodes_texts(void **state) {
  (void)state;
  check_encoding("", 0, "");
  check_encoding("plain text", 10, "plain text");
  check_encoding("~!#$&'", 6, "~!#$&'");
  check_encoding("100%", 4, "100%25");
  check_encoding(" edges ", 7, "%20edges%20");
  check_encoding(" ", 1, "%20");
  check_encoding("a\0b\x7f", 4, "a%00b%7F");
  /* grpc doc/interop-test-descriptions.md special_status_message */
  check_encoding("\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP \xf0\x9f\x98\x88\t\n",
                 62,
                 "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A");
}

static void decodes_bad_escapes_as_they_are(void **state) {
  static const char *const rows[][2] = {{"%", "%"},
                                        {"%4", "%4"},
                                        {"a%", "a%"},
                                        {"%zz", "%zz"},
                                        {"%%41", "%A"},
                                        {"%4g", "%4g"},
                                        {"%e2%98%BA", "\xe2\x98\xba"},
                                        {"%41%", "A%"},
                                        {"100% sure", "100% sure"}};
  char out[64];
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    weir_str s = weir_status_decode_text(weir_str_of(rows[i][0]), out);
    assert_true(weir_str_eq(s, weir_str_of(rows[i][1])));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parses_codes),
      cmocka_unit_test(formats_what_it_parses),
      cmocka_unit_test(maps_http_statuses),
      cmocka_unit_test(maps_h2_codes),
      cmocka_unit_test(maps_local_failures),
      cmocka_unit_test(encodes_texts),
      cmocka_unit_test(decodes_bad_escapes_as_they_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
