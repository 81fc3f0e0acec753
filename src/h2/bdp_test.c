/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Windows that grow by measure. The whole of it, on a long path: tests/sim/path_test.c. */
#include "h2/h2_test.h"

#define WINDOW 65536u
#define MAX    (1u << 20)
#define PINGED "776569722d626470"

static weir_h2 *receiving(uint32_t max_window) {
  weir_h2 *h2 = test_connected(&(weir_h2_opts){.stream_window = WINDOW, .max_stream_window = max_window});
  weir_h2_tick(h2, 1000);
  weir_bytes b = test_hex("000003" HEADERS "04" S1 POST);
  weir_str in = weir_bytes_view(&b);
  weir_h2_event ev;
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  weir_bytes_fini(&b);
  return h2;
}

/* n bytes of DATA come and are read. */
static void take(weir_h2 *h2, size_t n) {
  static char frame[WEIR_H2_FRAME_HEAD + 16384];
  while (n) {
    size_t len = n < 16384 ? n : 16384;
    weir_h2_frame_write(frame, len, WEIR_H2_DATA, 0, 1);
    weir_str in = {frame, WEIR_H2_FRAME_HEAD + len};
    weir_h2_event ev;
    assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
    assert_int_equal(ev.flow, len);
    weir_h2_consume(h2, 1, len);
    n -= len;
  }
}

static void answer(weir_h2 *h2, weir_nanos now) {
  weir_bytes b = test_hex("000008" PING "01" S0 PINGED);
  weir_str in = weir_bytes_view(&b);
  weir_h2_event ev;
  weir_h2_tick(h2, now);
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_NONE); /* it is not the user's */
  weir_bytes_fini(&b);
}

static int64_t window(const weir_h2 *h2) { return weir_h2_streams_find(&h2->streams, 1)->recv_window.size; }

static void test_grows_while_it_is_the_limit(void **state) {
  (void)state;
  weir_h2 *h2 = receiving(MAX);
  weir_nanos now = 1000;
  take(h2, WINDOW / 4);
  assert_false(h2->bdp.measuring); /* nothing was announced: no PING */
  take(h2, WINDOW / 4);
  assert_true(h2->bdp.measuring);
  for (int64_t want = WINDOW; want < MAX; want *= 2) {
    assert_int_equal(window(h2), want);
    take(h2, (size_t)want / 2);
    answer(h2, now += WEIR_MS(50));
    assert_int_equal(h2->bdp.window, want * 2);
    take(h2, (size_t)want / 2); /* it grows as it is read */
  }
  assert_int_equal(window(h2), MAX);
  assert_false(h2->bdp.measuring); /* as large as it may be */
  weir_h2_free(h2);
}

static void test_stays_where_the_path_is_the_limit(void **state) {
  (void)state;
  weir_h2 *h2 = receiving(MAX);
  take(h2, WINDOW / 2);
  take(h2, WINDOW / 4); /* less than a third in a round trip */
  answer(h2, WEIR_MS(50));
  take(h2, WINDOW / 4);
  assert_int_equal(window(h2), WINDOW);
  weir_h2_free(h2);
  h2 = receiving(0); /* or where nobody wants it to grow */
  take(h2, WINDOW / 2);
  assert_false(h2->bdp.measuring);
  weir_h2_free(h2);
}

/* More in a round trip, but only because that took longer. */
static void test_stays_where_the_rate_does(void **state) {
  (void)state;
  weir_h2 *h2 = receiving(MAX);
  take(h2, WINDOW / 2);
  take(h2, WINDOW / 2);
  answer(h2, WEIR_MS(50));
  assert_int_equal(h2->bdp.window, 2 * WINDOW);
  take(h2, WINDOW);
  assert_true(h2->bdp.measuring);
  take(h2, WINDOW);
  answer(h2, WEIR_MS(50 + 150));
  assert_int_equal(h2->bdp.window, 2 * WINDOW);
  weir_h2_free(h2);
}

static void test_a_message_that_is_awaited(void **state) {
  (void)state;
  weir_h2 *h2 = receiving(MAX);
  weir_h2_await(h2, 1, WINDOW / 2);
  assert_int_equal(window(h2), WINDOW);
  weir_h2_await(h2, 1, 300000);
  assert_int_equal(window(h2), 300000);
  assert_int_equal(weir_h2_streams_find(&h2->streams, 1)->recv_window.left, 300000);
  weir_h2_await(h2, 1, 3000000000u);
  assert_int_equal(window(h2), MAX);
  weir_h2_await(h2, 3, 300000); /* none */
  weir_h2_free(h2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_grows_while_it_is_the_limit),
      cmocka_unit_test(test_stays_where_the_path_is_the_limit),
      cmocka_unit_test(test_stays_where_the_rate_does),
      cmocka_unit_test(test_a_message_that_is_awaited),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
