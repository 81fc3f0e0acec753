/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* num_test.c - numbers to text and back, against the C library's. */
#include "base/test.h"
#include "pb/num.h"

#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed = 88172645463325252;
static uint64_t any(void) { /* xorshift64 */
  seed ^= seed << 13;
  seed ^= seed >> 7;
  return seed ^= seed << 17;
}

static void test_integers(void **state) {
  (void)state;
  for (int i = 0; i < 20000; i++) {
    uint64_t v = i < 64 ? UINT64_C(1) << i : i < 128 ? (UINT64_C(1) << (i - 64)) - 1 : any() >> (i % 64);
    char got[PB_NUM_MAX] = "", want[PB_NUM_MAX];
    *pb_put_u64(got, v) = 0;
    snprintf(want, sizeof want, "%" PRIu64, v);
    assert_string_equal(got, want);
    *pb_put_i64(got, (int64_t)v) = 0;
    snprintf(want, sizeof want, "%" PRId64, (int64_t)v);
    assert_string_equal(got, want);
  }
}

/* What printf and strtod of the C locale make of it. */
static void check_double(double v) {
  char got[PB_NUM_MAX], want[40];
  *pb_put_double(got, v) = 0;
  snprintf(want, sizeof want, "%.15g", v);
  if (strtod(want, NULL) != v) snprintf(want, sizeof want, "%.17g", v);
  assert_string_equal(got, want);
  pb_decimal d;
  assert_non_null(pb_read_decimal(got, got + strlen(got), false, &d));
  assert_true(pb_decimal_double(&d) == v);
}

static void check_float(float v) {
  char got[PB_NUM_MAX], want[40];
  *pb_put_float(got, v) = 0;
  snprintf(want, sizeof want, "%.6g", (double)v);
  if (strtof(want, NULL) != v) snprintf(want, sizeof want, "%.9g", (double)v);
  assert_string_equal(got, want);
}

static void test_reals(void **state) {
  (void)state;
  static const double some[] = {
      0.0,  -0.0,   1,     -1,       0.1,      0.3,    1.0 / 3, 1e15,     1e15 - 1, 999999999999999.9,
      1e16, 123e20, 1e-4,  0.999e-4, 5e-324,   1e308,  1e22,    1e23,     0.5,      100,
      1e14, 12.5,   0.001, 9.995,    99.99995, 1e-300, 2.5e-5,  123456.7, 1e6,      1234567};
  for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
    check_double(some[i]);
    if (some[i] < 1e38) check_float((float)some[i]);
  }
  for (int i = 0; i < 100000; i++) {
    uint64_t bits = any();
    double v;
    memcpy(&v, &bits, sizeof v);
    if (isfinite(v)) check_double(v);
    float f;
    memcpy(&f, &bits, sizeof f);
    if (isfinite(f)) check_float(f);
    check_double((double)(int64_t)(bits >> 30) / pow(10, (int)(bits % 12)));
    check_float((float)((double)(bits >> 50) / pow(10, (int)(bits % 8))));
  }
}

static double read_double(const char *text) {
  pb_decimal d;
  const char *end = pb_read_decimal(text, text + strlen(text), false, &d);
  assert_ptr_equal(end, text + strlen(text));
  return pb_decimal_double(&d);
}

static void test_reads_what_strtod_reads(void **state) {
  (void)state;
  static const char *const texts[] = {"0",
                                      "-0",
                                      "1",
                                      "00012",
                                      "1.",
                                      ".5",
                                      "1e5",
                                      "1E-5",
                                      "1e+5",
                                      "1e400",
                                      "1e-400",
                                      "-1e400",
                                      "123456789012345678901234567890",
                                      "9007199254740993",
                                      "0.1e1",
                                      "1e999999999999",
                                      "0e999999999999",
                                      "1e-999999999999",
                                      "179769313486231580793728971405301e276",
                                      "2.2250738585072011e-308",
                                      "0.000000000000000000000000000001"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    assert_true(read_double(texts[i]) == strtod(texts[i], NULL));
  for (int i = 0; i < 50000; i++) {
    char text[80];
    snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64 "e%d", any() >> i % 64, any() >> i % 50,
             (int)(any() % 640) - 320);
    assert_true(read_double(text) == strtod(text, NULL));
  }
  static char longer[5000]; /* a half, and a digit far behind it that decides */
  snprintf(longer, sizeof longer, "9007199254740993.");
  memset(longer + strlen(longer), '0', 4000);
  assert_true(read_double(longer) == 9007199254740992.0);
  longer[4010] = '1';
  assert_true(read_double(longer) == 9007199254740994.0);
}

static void test_malformed_and_strict(void **state) {
  (void)state;
  static const char *const none[] = {"", "-", ".", "e5", "1e", "1e+", "-.", "+1", "x"};
  static const char *const loose[] = {"01", "1.", ".5", "-01", "-.5"};
  pb_decimal d;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_null(pb_read_decimal(none[i], none[i] + strlen(none[i]), false, &d));
  for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
    assert_null(pb_read_decimal(loose[i], loose[i] + strlen(loose[i]), true, &d));
}

static bool whole(const char *text, int64_t low, int64_t high, int64_t *v) {
  pb_decimal d;
  assert_non_null(pb_read_decimal(text, text + strlen(text), true, &d));
  return pb_decimal_i64(&d, low, high, v);
}

static void test_whole_numbers(void **state) {
  (void)state;
  int64_t v;
  uint64_t u;
  pb_decimal d;
  assert_true(whole("1e3", INT32_MIN, INT32_MAX, &v) && v == 1000);
  assert_true(whole("-1.0", INT32_MIN, INT32_MAX, &v) && v == -1);
  assert_true(whole("100e-2", INT32_MIN, INT32_MAX, &v) && v == 1);
  assert_true(whole("-9223372036854775808", INT64_MIN, INT64_MAX, &v) && v == INT64_MIN);
  assert_false(whole("9223372036854775808", INT64_MIN, INT64_MAX, &v));
  assert_false(whole("0.5", INT32_MIN, INT32_MAX, &v));
  assert_false(whole("2147483648", INT32_MIN, INT32_MAX, &v));
  assert_true(whole("0e99999999999", INT32_MIN, INT32_MAX, &v) && v == 0);
  assert_false(whole("1e99999999999", INT32_MIN, INT32_MAX, &v));
  assert_true(whole("10000000000000000000000000e-25", INT32_MIN, INT32_MAX, &v) && v == 1);
  const char *most = "18446744073709551615", *more = "18446744073709551616";
  assert_non_null(pb_read_decimal(most, most + 20, true, &d));
  assert_true(pb_decimal_u64(&d, UINT64_MAX, &u) && u == UINT64_MAX);
  assert_non_null(pb_read_decimal(more, more + 20, true, &d));
  assert_false(pb_decimal_u64(&d, UINT64_MAX, &u));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_integers),
      cmocka_unit_test(test_reals),
      cmocka_unit_test(test_reads_what_strtod_reads),
      cmocka_unit_test(test_malformed_and_strict),
      cmocka_unit_test(test_whole_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
