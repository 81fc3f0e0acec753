/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/timeout.h"

#include <stdlib.h>
#include <string.h>

static void parses(void **state) {
  static const struct {
    const char *text;
    int64_t ns;
  } rows[] = {{"0n", 0},
              {"1n", 1},
              {"99999999n", 99999999},
              {"7u", 7000},
              {"20m", WEIR_MS(20)},
              {"3S", WEIR_SECONDS(3)},
              {"2M", WEIR_SECONDS(120)},
              {"1H", WEIR_SECONDS(3600)},
              {"00000001S", WEIR_SECONDS(1)},
              {"99999999M", WEIR_SECONDS(99999999LL * 60)},
              {"99999999H", INT64_MAX}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t ns = -1;
    assert_true(weir_timeout_parse(weir_str_of(rows[i].text), &ns));
    assert_int_equal(ns, rows[i].ns);
  }
}

static void refuses(void **state) {
  static const char *const rows[] = {"",     "S",   "1",   "1s",  "1h",         "-1S", "+1S",
                                     "1.5S", " 1S", "1S ", "1 S", "123456789n", "SS",  "1SS"};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t ns = -1;
    assert_false(weir_timeout_parse(weir_str_of(rows[i]), &ns));
    assert_int_equal(ns, -1);
  }
}

static void formats_in_the_finest_unit_rounded_up(void **state) {
  static const struct {
    int64_t ns;
    const char *text;
  } rows[] = {{-5, "0n"},
              {INT64_MIN, "0n"},
              {0, "0n"},
              {1, "1n"},
              {99999999, "99999999n"},
              {100000000, "100000u"},
              {100000001, "100001u"},
              {WEIR_SECONDS(10), "10000000u"},
              {WEIR_SECONDS(100), "100000m"},
              {99999999LL * 1000 + 1, "100000m"},
              {WEIR_SECONDS(100000), "100000S"},
              {WEIR_SECONDS(100000000), "1666667M"},
              {INT64_MAX, "2562048H"}};
  char out[WEIR_TIMEOUT_MAX_TEXT];
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    weir_str s = weir_timeout_format(rows[i].ns, out);
    if (!weir_str_eq(s, weir_str_of(rows[i].text))) print_error(WEIR_FMT "\n", WEIR_ARG(s));
    assert_true(weir_str_eq(s, weir_str_of(rows[i].text)));
  }
}

static void comes_back_no_shorter(void **state) {
  char out[WEIR_TIMEOUT_MAX_TEXT];
  (void)state;
  for (int64_t ns = 1; ns > 0 && ns < INT64_MAX / 3; ns = ns * 3 + 1) {
    int64_t back = 0;
    assert_true(weir_timeout_parse(weir_timeout_format(ns, out), &back));
    assert_true(back >= ns);
    assert_true(back - ns <= ns / 27777); /* the coarsest step: 27,778 hours beside 99,999,999 minutes */
  }
}

static void adds_to_the_clock(void **state) {
  (void)state;
  assert_int_equal(weir_timeout_deadline(5, 7), 12);
  assert_int_equal(weir_timeout_deadline(0, INT64_MAX), WEIR_NEVER);
  assert_int_equal(weir_timeout_deadline(1, INT64_MAX), WEIR_NEVER);
  assert_int_equal(weir_timeout_deadline(INT64_MAX - 1, 1), WEIR_NEVER);
}

static void gives_the_soonest(void **state) {
  enum { N = 200 };
  static weir_deadline all[N];
  weir_deadlines h = {0};
  uint32_t seed = 1;
  (void)state;
  assert_true(weir_deadlines_reserve(&h, WEIR_MEM_DEFAULT, N));
  for (int i = 0; i < N; i++) {
    seed = seed * 1664525 + 1013904223;
    all[i] = (weir_deadline){.when = seed >> 20};
    weir_deadlines_add(&h, &all[i]);
  }
  for (int i = 0; i < N; i += 3) {
    weir_deadlines_remove(&h, &all[i]);
    weir_deadlines_remove(&h, &all[i]); /* harmless */
    assert_int_equal(all[i].at, 0);
  }
  weir_nanos last = 0;
  size_t n = 0;
  for (weir_deadline *d; (d = weir_deadlines_first(&h)); n++) {
    assert_true(d->when >= last);
    last = d->when;
    weir_deadlines_remove(&h, d);
  }
  assert_int_equal(n, N - (N + 2) / 3);
  weir_deadlines_fini(&h, WEIR_MEM_DEFAULT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parses),
      cmocka_unit_test(refuses),
      cmocka_unit_test(formats_in_the_finest_unit_rounded_up),
      cmocka_unit_test(comes_back_no_shorter),
      cmocka_unit_test(adds_to_the_clock),
      cmocka_unit_test(gives_the_soonest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
