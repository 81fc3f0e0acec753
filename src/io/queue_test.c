/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "io/io_test.h"

#include <poll.h>

static bool readable(int fd) { return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0) == 1; }

static weir_loop *loop_new(uint32_t threads) {
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = threads), NULL);
  assert_non_null(l);
  return l;
}

static void test_order_and_fd(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_queue *q = weir_queue_new(l, NULL);
  assert_non_null(q);
  int n[5];
  weir_event ev[8];
  for (int i = 0; i < 2; i++) weir_queue_push(weir_queue_tag(q, &n[i]), NULL, i);
  int fd = weir_queue_fd(q);
  assert_true(readable(fd));
  for (int i = 2; i < 5; i++) weir_queue_push(weir_queue_tag(q, &n[i]), NULL, i);
  assert_int_equal(weir_queue_poll(q, ev, 3, 0), 3);
  assert_true(readable(fd));
  assert_int_equal(weir_queue_poll(q, ev + 3, 5, 0), 2);
  assert_false(readable(fd));
  for (int i = 0; i < 5; i++) assert_true(ev[i].tag == &n[i] && ev[i].code == i && !ev[i].call);
  assert_int_equal(weir_queue_poll(q, ev, 8, 0), 0);
  weir_io_nanos start = weir_clock_now();
  assert_int_equal(weir_queue_poll(q, ev, 8, WEIR_MS(15)), 0);
  assert_true(weir_clock_now() - start >= WEIR_MS(15));
  weir_queue_push(weir_queue_tag(q, NULL), NULL, 0); /* not taken: dropped */
  assert_true(readable(fd));
  weir_queue_free(q);
  weir_queue_free(NULL);
  weir_loop_unref(l);
}

/* Polling drives a loop that has no threads, and sleeps beside one that has. */
static void test_poll_drives(void **state) {
  (void)state;
  for (uint32_t threads = 0; threads < 2; threads++) {
    weir_loop *l = loop_new(threads);
    weir_queue *q = weir_queue_new(l, NULL);
    weir_event ev[4];
    size_t got = 0;
    for (intptr_t i = 0; i < 20; i++)
      weir_loop_post(l, WEIR_MS(i), weir_queue_push, weir_queue_tag(q, (void *)(i + 1)));
    while (got < 20) {
      size_t n = weir_queue_poll(q, ev, 4, got % 2 ? -1 : WEIR_SECONDS(10));
      assert_true(n >= 1 && n <= 4);
      for (size_t i = 0; i < n; i++) assert_true((size_t)(intptr_t)ev[i].tag == ++got);
    }
    weir_queue_free(q);
    weir_loop_unref(l);
  }
}

typedef struct worker {
  weir_queue *q;
  pthread_t thread;
  size_t got;
} worker;

static void *worker_main(void *arg) {
  worker *w = arg;
  weir_event ev[3];
  for (bool end = false; !end;) {
    size_t n = weir_queue_poll(w->q, ev, 3, -1);
    for (size_t i = 0; i < n; i++) {
      if (ev[i].tag)
        w->got++;
      else
        end = true;
    }
  }
  return NULL;
}

static void test_many_pollers(void **state) {
  (void)state;
  for (uint32_t threads = 0; threads < 3; threads += 2) {
    weir_loop *l = loop_new(threads);
    weir_queue *q = weir_queue_new(l, NULL);
    worker w[4];
    for (int i = 0; i < 4; i++) {
      w[i] = (worker){.q = q};
      pthread_create(&w[i].thread, NULL, worker_main, &w[i]);
    }
    for (int i = 0; i < 1000; i++) weir_queue_push(weir_queue_tag(q, q), NULL, 0);
    for (int i = 0; i < 100; i++) weir_loop_post(l, WEIR_MS(i % 5), weir_queue_push, weir_queue_tag(q, q));
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    size_t got = 0;
    for (int i = 0; i < 4; i++) { /* one at a time, so that each gets one end */
      for (int k = 0; k < 4; k++) weir_queue_push(weir_queue_tag(q, NULL), NULL, 0);
    }
    for (int i = 0; i < 4; i++) pthread_join(w[i].thread, NULL);
    for (int i = 0; i < 4; i++) got += w[i].got;
    assert_int_equal(got, 1100);
    weir_queue_free(q);
    weir_loop_unref(l);
  }
}

/* The queue goes while a tag is still out; the tag's return frees it, and with it the loop's last owner. */
static void test_free_before_tag(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_queue *q = weir_queue_new(l, NULL);
  weir_loop_post(l, 0, weir_queue_push, weir_queue_tag(q, NULL));
  weir_queue_free(q);
  weir_loop_unref(l);
  assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_and_fd),
      cmocka_unit_test(test_poll_drives),
      cmocka_unit_test(test_many_pollers),
      cmocka_unit_test(test_free_before_tag),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
