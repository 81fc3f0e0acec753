/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/keepalive.h"

#define S(n) WEIR_SECONDS(n)

static weir_keepalive watching(int64_t time_s) {
  weir_keepalive k;
  weir_keepalive_init(&k, &(weir_keepalive_opts){.time_ns = S(time_s)});
  weir_keepalive_heard(&k, S(100));
  assert_int_equal(k.check_at, WEIR_NEVER);
  weir_keepalive_wake(&k);
  return k;
}

static void silence_is_asked_after(void **state) {
  (void)state;
  weir_keepalive k = watching(10);
  assert_int_equal(k.check_at, S(110));
  weir_keepalive_heard(&k, S(105)); /* the timer behind it stays */
  assert_int_equal(k.check_at, S(110));
  assert_int_equal(weir_keepalive_tick(&k, S(110), true), WEIR_KEEPALIVE_NOTHING);
  assert_int_equal(k.check_at, S(115));
  assert_int_equal(weir_keepalive_tick(&k, S(115) - 1, true), WEIR_KEEPALIVE_NOTHING);
  assert_int_equal(weir_keepalive_tick(&k, S(115), true), WEIR_KEEPALIVE_SEND);
  assert_int_equal(k.check_at, S(135));
  weir_keepalive_heard(&k, S(134)); /* whatever it is, it lives */
  assert_int_equal(weir_keepalive_tick(&k, S(135), true), WEIR_KEEPALIVE_NOTHING);
  assert_int_equal(k.check_at, S(144));
  assert_int_equal(weir_keepalive_tick(&k, S(144), true), WEIR_KEEPALIVE_SEND);
  assert_int_equal(weir_keepalive_tick(&k, S(164) - 1, true), WEIR_KEEPALIVE_NOTHING);
  assert_int_equal(weir_keepalive_tick(&k, S(164), false), WEIR_KEEPALIVE_DEAD); /* the call may have ended */
}

static void nothing_is_asked_without_calls(void **state) {
  (void)state;
  weir_keepalive k = watching(10);
  assert_int_equal(weir_keepalive_tick(&k, S(110), false), WEIR_KEEPALIVE_NOTHING);
  assert_int_equal(k.check_at, WEIR_NEVER);
  weir_keepalive_wake(&k); /* a call after a long silence: asked at once */
  assert_int_equal(weir_keepalive_tick(&k, S(500), true), WEIR_KEEPALIVE_SEND);
  weir_keepalive off;
  weir_keepalive_init(&off, &(weir_keepalive_opts){0});
  weir_keepalive_wake(&off);
  assert_int_equal(off.check_at, WEIR_NEVER);
  weir_keepalive_init(&off, &(weir_keepalive_opts){.time_ns = INT64_MAX});
  weir_keepalive_wake(&off);
  assert_int_equal(off.check_at, WEIR_NEVER);
}

static void strikes(void **state) {
  (void)state;
  weir_keepalive k;
  uint64_t n = 0;
  weir_keepalive_init(&k, &(weir_keepalive_opts){.min_interval_ns = S(300)});
  for (int i = 0; i < 10; i++) /* as often as allowed */
    assert_false(weir_keepalive_abused(&k, S(300 * (i + 1)), ++n, 0, true));
  assert_false(weir_keepalive_abused(&k, S(3000) + 1, ++n, 0, true));
  assert_false(weir_keepalive_abused(&k, S(3000) + 2, ++n, 0, true));
  assert_false(weir_keepalive_abused(&k, S(3000) + 3, ++n, 1, true)); /* data was sent: all is forgiven */
  assert_false(weir_keepalive_abused(&k, S(3000) + 4, ++n, 1, true));
  assert_false(weir_keepalive_abused(&k, S(3000) + 5, ++n, 1, true));
  assert_true(weir_keepalive_abused(&k, S(3000) + 6, ++n, 1, true));
  weir_keepalive_init(&k, &(weir_keepalive_opts){.min_interval_ns = S(300)});
  assert_true(weir_keepalive_abused(&k, S(1), 4, 0, true)); /* in one go */
  weir_keepalive_init(&k, &(weir_keepalive_opts){.min_interval_ns = S(300), .max_strikes = UINT32_MAX});
  assert_false(weir_keepalive_abused(&k, S(1), 1000, 0, true));
  weir_keepalive_init(&k, &(weir_keepalive_opts){0});
  assert_false(weir_keepalive_abused(&k, S(1), 1000, 0, true));
}

static void strikes_without_calls(void **state) {
  (void)state;
  for (int permitted = 0; permitted < 2; permitted++) {
    weir_keepalive k;
    uint64_t n = 0;
    weir_keepalive_init(&k,
                        &(weir_keepalive_opts){.min_interval_ns = S(300), .pings_without_calls = permitted});
    for (int i = 0; i < 3; i++) assert_false(weir_keepalive_abused(&k, S(300 * (i + 1)), ++n, 0, false));
    assert_int_equal(weir_keepalive_abused(&k, S(1200), ++n, 0, false), !permitted);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(silence_is_asked_after),
      cmocka_unit_test(nothing_is_asked_without_calls),
      cmocka_unit_test(strikes),
      cmocka_unit_test(strikes_without_calls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
