/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Every allocation of a whole conversation failed in turn: no call is lost, none ends twice, nothing leaks. And none
 * at all in the steady state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/pair_testing.h"

#include <stdlib.h>
#include <string.h>

static size_t live, n_allocs, fail_at; /* fail_at: the one that fails, from 1 on; 0: none */
static bool fails_on;                  /* and all that follow */

static void *failing(void *ctx, void *p, size_t old_size, size_t new_size) {
  (void)ctx;
  if (new_size > old_size || !p) {
    n_allocs++;
    if (fail_at && (n_allocs == fail_at || (fails_on && n_allocs > fail_at))) return NULL;
  }
  live += new_size - old_size;
  if (!new_size) return free(p), NULL;
  return realloc(p, new_size);
}

static const weir_kv kvs[] = {KV("k", "v"), KV("x-bin", "\1\2\3")};
static size_t n_started;

static weir_rpc_call *try_start(pair *p, const char *path, weir_nanos timeout) {
  weir_rpc_call *c = NULL;
  weir_rpc_start_opts o = {
      .path = weir_str_of(path), .metadata = kvs, .n_metadata = 2, .deadline = p->now + timeout};
  if (weir_rpc_start(p->client.rpc, &o, &c) != WEIR_EOK) return NULL;
  n_started++;
  return c;
}

static void try_unary(pair *p) {
  static char big[40000];
  size_t before = p->server.n_calls_seen;
  weir_rpc_call *c = try_start(p, "/a/Unary", WEIR_SECONDS(1));
  if (c && weir_rpc_send(c, (weir_str){big, sizeof big}, NULL, true))
    weir_rpc_cancel(c, WEIR_INTERNAL, (weir_str){0});
  pair_pump(p);
  if (p->server.n_calls_seen == before || p->server.n_ends == p->server.n_calls_seen) return;
  weir_rpc_send_headers(p->server.call, kvs, 2);
  weir_rpc_send(p->server.call, (weir_str){big, sizeof big}, NULL, false);
  weir_rpc_finish(p->server.call, WEIR_NOT_FOUND, WEIR_STR("50%"), kvs,
                  2); /* whatever it returns: END follows */
  pair_pump(p);
  if (p->client.is_closed || p->server.is_closed) return; /* the transport's end is still to be told */
  assert_int_equal(p->server.n_ends, p->server.n_calls_seen);
  assert_int_equal(p->client.n_ends, n_started);
}

/* Each callback of the harness ends what it cannot go on with, as an owner would. */
static void conversation(pair *p) {
  try_unary(p);
  p->server.echoes = true;
  weir_rpc_call *c = try_start(p, "/a/Both", WEIR_SECONDS(2));
  size_t ends = p->client.n_ends;
  for (int i = 0; i < 3 && c && p->client.n_ends == ends; i++) {
    weir_rpc_send(c, WEIR_STR("message"), NULL, i == 2);
    pair_pump(p);
  }
  p->server.echoes = false;
  try_start(p, "/a/Slow", WEIR_MS(1));
  try_start(p, "/a/Slow", 0);
  pair_tick(p, WEIR_MS(1));
  weir_rpc_drain(p->server.rpc, "bye");
  pair_pump(p);
  pair_tick(p, WEIR_SECONDS(5));
}

/* True if nothing had to fail. */
static bool converse(size_t n, size_t chunk) {
  pair p;
  const weir_mem mem = {failing, NULL};
  weir_rpc_opts client = {.h2 = {.mem = mem}, .authority = WEIR_STR("test")}, server = {.h2 = {.mem = mem}};
  live = n_allocs = n_started = 0;
  fail_at = n;
  if (pair_make(&p, PAIR_RPC, chunk, &client, &server)) {
    conversation(&p);
    bool unhurt = !fail_at || n_allocs < fail_at;
    if (unhurt) {
      assert_int_equal(n_started, 4);
      assert_int_equal(p.server.n_calls_seen, 3);
      assert_true(p.client.is_closed && p.server.is_closed);
    }
    p.is_cut = true;
    weir_rpc_lost(p.client.rpc, "the end");
    weir_rpc_lost(p.server.rpc, "the end");
    pair_poll(&p);
    assert_int_equal(p.client.n_ends, n_started);
    assert_int_equal(p.server.n_ends, p.server.n_calls_seen);
    assert_true(p.client.is_closed && p.server.is_closed);
    assert_int_equal(weir_rpc_n_calls(p.client.rpc), 0);
    assert_int_equal(weir_rpc_n_calls(p.server.rpc), 0);
  }
  pair_fini(&p);
  assert_int_equal(live, 0);
  return n_allocs < fail_at;
}

static void each_allocation_fails(void **state) {
  static const size_t chunks[] = {0, 1000, 13};
  (void)state;
  for (size_t i = 0; i < 6; i++) {
    size_t n = 1;
    fails_on = i % 2;
    while (!converse(n, chunks[i / 2])) n++;
    assert_true(n > 20);
  }
}

/* Requests that are not gRPC, one of them too large. */
static bool browse(size_t n) {
  static char big[20100];
  pair p;
  const weir_rpc_opts client = {0}, server = {.h2 = {.mem = {failing, NULL}}};
  live = n_allocs = 0;
  fail_at = n;
  if (pair_make(&p, PAIR_RAW_CLIENT, 0, &client, &server)) {
    memset(big, 'x', sizeof big - 2);
    memcpy(big, ":method: GET\n:scheme: http\n:path: /\nk: ", 39);
    big[sizeof big - 2] = '\n';
    pair_raw_headers(&p.client, 0, ":method: GET\n:scheme: http\n:path: /\n:authority: h\n", false);
    pair_pump(&p);
    if (p.server.n_ends < p.server.n_calls_seen)
      weir_rpc_http_reply(p.server.call, 200, WEIR_STR("text/plain"), WEIR_STR("hi"));
    pair_pump(&p);
    if (weir_h2_can_open(p.client.h2)) pair_raw_headers(&p.client, 0, big, false);
    pair_pump(&p);
    p.is_cut = true;
    weir_rpc_lost(p.server.rpc, "the end");
    pair_poll(&p);
    assert_int_equal(p.server.n_ends, p.server.n_calls_seen);
    assert_true(p.server.is_closed);
  }
  pair_fini(&p);
  assert_int_equal(live, 0);
  return n_allocs < fail_at;
}

static void each_allocation_fails_for_http(void **state) {
  size_t n = 1;
  (void)state;
  fails_on = false;
  while (!browse(n)) n++;
  assert_true(n > 10);
}

static void steady_state_allocates_nothing(void **state) {
  pair p;
  const weir_mem mem = {failing, NULL};
  weir_rpc_opts client = {.h2 = {.mem = mem}, .authority = WEIR_STR("test")}, server = {.h2 = {.mem = mem}};
  (void)state;
  fail_at = 0;
  assert_true(pair_make(&p, PAIR_RPC, 0, &client, &server));
  p.server.echoes = true;
  for (int i = 0; i < 300; i++) {
    size_t before = n_allocs;
    for (int k = 0; k < 10; k++) pair_send(pair_start(&p, "/a/b", kvs, 2, WEIR_SECONDS(1)), "hello", true);
    pair_pump(&p);
    if (i > 200) assert_int_equal(n_allocs, before);
  }
  assert_int_equal(p.client.n_ends, 3000);
  pair_fini(&p);
  assert_int_equal(live, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_allocation_fails),
      cmocka_unit_test(each_allocation_fails_for_http),
      cmocka_unit_test(steady_state_allocates_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
