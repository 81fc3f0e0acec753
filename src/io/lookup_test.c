/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Names that the machine itself can answer for; a failing one fails with or without a DNS server (RFC 6761). */
#include "io/io_test.h"
#include "io/lookup.h"

#include <stdio.h>

typedef struct answer {
  bool done;
  size_t n;
  char first[64];
  weir_error why;
} answer;

static void on_answer(void *arg, const weir_addr *addrs, size_t n, const weir_error *why) {
  answer *a = arg;
  assert_false(a->done);
  a->done = true;
  a->n = n;
  if (n) weir_addr_format(&addrs[0], a->first, sizeof a->first);
  for (size_t i = 0; i < n; i++) {
    char text[64];
    weir_addr_format(&addrs[i], text, sizeof text);
    assert_non_null(strstr(text, ":4711"));
  }
  assert_true((n == 0) == (why != NULL));
  if (why) a->why = *why;
}

static answer ask(weir_loop *l, const char *host) {
  answer a = {0};
  weir_shard *s = weir_loop_shard(l, 0);
  weir_shard_enter(s);
  assert_non_null(weir_lookup_start(s, host, 4711, on_answer, &a));
  assert_false(a.done);
  weir_shard_leave(s);
  test_run_until(l, &a.done);
  return a;
}

static weir_loop *loop_new(bool is_sim) {
  return is_sim ? weir_loop_new_sim(&(weir_sim_opts){.seed = 1}, NULL) : weir_loop_new(NULL, NULL);
}

static void test_names(void **state) {
  (void)state;
  for (int is_sim = 0; is_sim < 2; is_sim++) {
    weir_loop *l = loop_new(is_sim);
    assert_non_null(l);
    answer a = ask(l, "localhost");
    assert_true(a.n >= 1);
    if (strcmp(a.first, "ipv6:[::1]:4711") != 0) assert_string_equal(a.first, "ipv4:127.0.0.1:4711");
    assert_string_equal(ask(l, "10.1.2.3").first, "ipv4:10.1.2.3:4711");
    assert_string_equal(ask(l, "::1").first, "ipv6:[::1]:4711");
    a = ask(l, "no-such-host.invalid");
    assert_int_equal(a.n, 0);
    assert_int_equal(a.why.code, WEIR_UNAVAILABLE);
    assert_non_null(strstr(a.why.msg, "name \"no-such-host.invalid\": "));
    if (!is_sim) { /* a label of 64 bytes: no server is asked */
      char label[] = "a23456789b123456789c123456789d123456789e123456789f123456789g1234.example";
      a = ask(l, label);
      assert_int_equal(a.n, 0);
      assert_int_equal(a.why.code, WEIR_UNAVAILABLE);
    }
    char name[300];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(ask(l, name).why.code, WEIR_INVALID_ARGUMENT);
    assert_int_equal(ask(l, "").why.code, WEIR_INVALID_ARGUMENT);
    weir_loop_unref(l);
  }
}

/* The other way of answering, whatever the build's own is. */
static void test_by_pool(void **state) {
  (void)state;
  weir_backend by_pool = weir_backend_system;
  by_pool.lookup = weir_lookup_by_pool;
  weir_loop *l = weir_loop_make(&(weir_loop_config){.backend = &by_pool}, NULL);
  assert_non_null(l);
  l->is_sim = false;
  answer a = ask(l, "localhost");
  assert_true(a.n >= 1);
  a = ask(l, "a23456789b123456789c123456789d123456789e123456789f123456789g1234.example");
  assert_int_equal(a.n, 0);
  assert_int_equal(a.why.code, WEIR_UNAVAILABLE);
  weir_loop_unref(l);
}

static void test_cancel(void **state) {
  (void)state;
  for (int is_sim = 0; is_sim < 2; is_sim++) {
    weir_loop *l = loop_new(is_sim);
    weir_shard *s = weir_loop_shard(l, 0);
    answer a = {0};
    const char *const hosts[] = {"localhost", "10.0.0.1", "no-such-host.invalid"};
    weir_shard_enter(s);
    for (size_t i = 0; i < 3; i++) weir_lookup_cancel(weir_lookup_start(s, hosts[i], 1, on_answer, &a));
    weir_lookup_cancel(NULL);
    weir_shard_leave(s);
    while (weir_loop_run(l, is_sim ? -1 : WEIR_MS(200)) == WEIR_OK) {}
    assert_false(a.done);
    weir_loop_unref(l);
  }
}

/* The loop ends while look-ups run. */
static void test_loop_ends(void **state) {
  (void)state;
  for (int is_sim = 0; is_sim < 2; is_sim++) {
    weir_loop *l = loop_new(is_sim);
    weir_shard *s = weir_loop_shard(l, 0);
    answer a = {0};
    weir_shard_enter(s);
    assert_non_null(weir_lookup_start(s, "localhost", 1, on_answer, &a));
    assert_non_null(weir_lookup_start(s, "no-such-host.example", 1, on_answer, &a));
    weir_shard_leave(s);
    weir_loop_unref(l);
    assert_false(a.done);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_by_pool),
      cmocka_unit_test(test_cancel),
      cmocka_unit_test(test_loop_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
