/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* alloc_test.c - a whole unary call, from making the loop to freeing it, with allocation 0, 1, 2, ... failing: the call
 * ends once, nothing crashes, nothing leaks. Linked with --wrap, so that every malloc of ours is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"
#include "io/io.h"

#include <stdio.h>
#include <stdlib.h>

static struct {
  size_t n, fail_at; /* allocations so far; the one that fails */
  size_t fail_every; /* 0, or: from fail_at on, so many in a row fail */
  long live;
  bool on, failed;
} heap;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static bool heap_refuses(void) {
  if (!heap.on) return false;
  size_t i = heap.n++;
  if (i < heap.fail_at || i > heap.fail_at + heap.fail_every) return false;
  return heap.failed = true;
}
static void *heap_gave(void *p) {
  if (p && heap.on) heap.live++;
  return p;
}
void *__wrap_malloc(size_t size) { return heap_refuses() ? NULL : heap_gave(__real_malloc(size)); }
void *__wrap_calloc(size_t n, size_t size) {
  return heap_refuses() ? NULL : heap_gave(__real_calloc(n, size));
}
void *__wrap_realloc(void *p, size_t size) {
  if (heap_refuses()) return NULL;
  return p ? __real_realloc(p, size) : heap_gave(__real_realloc(p, size));
}
void __wrap_free(void *p) {
  if (p && heap.on) heap.live--;
  __real_free(p);
}

typedef struct outcome {
  int ends;
  weir_code code;
  bool replied;
} outcome;

static void ended(void *arg, weir_call *c, weir_code code) {
  outcome *o = arg;
  weir_buf *rep = weir_reply_msg(c);
  o->ends++;
  o->code = code;
  o->replied = rep != NULL;
  weir_buf_unref(rep);
  weir_call_unref(c);
}

static weir_server *server_up(weir_loop *l, const echo_impl *impl) {
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = l), NULL);
  if (s && !weir_server_add(s, &echo_service, impl, NULL, WEIR_ON_LOOP) &&
      !weir_server_listen(s, "127.0.0.1:7000", weir_creds_insecure(), NULL, NULL) &&
      !weir_server_start(s, NULL))
    return s;
  weir_server_unref(s);
  return NULL;
}

/* True if the scenario came as far as a call. */
static bool scenario(const echo_impl *impl, const char *target, outcome *o) {
  weir_loop *l = weir_loop_new_sim(&(weir_sim_opts){.seed = 1}, NULL);
  if (!l) return false;
  weir_server *s = server_up(l, impl);
  weir_channel *ch =
      s ? weir_channel_new(target, weir_creds_insecure(), WEIR_OPTS(weir_channel_opts, .loop = l), NULL)
        : NULL;
  weir_buf *req = echo_msg("meta");
  weir_call *c = NULL;
  const weir_kv md[] = {{WEIR_STR("x-echo"), WEIR_STR("v")}, {WEIR_STR("x-echo-bin"), WEIR_STR("\x01")}};
  if (ch && req)
    c = weir_unary_async(
        ch, &echo_unary, req,
        WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(60), .metadata = md, .n_metadata = 2), ended, o);
  bool began = c != NULL;
  for (int turns = 0; began && !o->ends && turns < 100000; turns++) weir_loop_run(l, WEIR_SECONDS(100));
  weir_buf_unref(req);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
  return began;
}

static void each_allocation_fails(const char *target, size_t in_a_row) {
  echo_stats stats = {0};
  const echo_impl impl = {true, &stats};
  size_t calls_failed = 0;
  for (size_t fail_at = 0;; fail_at++) {
    outcome o = {.code = -99};
    heap.n = 0;
    heap.live = 0;
    heap.failed = false;
    heap.fail_at = fail_at;
    heap.fail_every = in_a_row;
    heap.on = true;
    bool began = scenario(&impl, target, &o);
    heap.on = false;
    if (heap.live) fail_msg("allocation %zu failing leaves %ld blocks", fail_at, heap.live);
    if (began && o.ends != 1) fail_msg("allocation %zu failing: the call ended %d times", fail_at, o.ends);
    calls_failed += began && o.code;
    if (began) assert_true((o.code == WEIR_OK) == o.replied);
    if (atomic_load(&stats.started) != atomic_load(&stats.ended))
      fail_msg("allocation %zu: a handler was lost", fail_at);
    if (!heap.failed) {
      assert_int_equal(o.code, WEIR_OK);
      assert_true(calls_failed > 10); /* a call that lost memory says so */
      print_message("%s: %zu allocations, each failed in turn; %zu calls failed for it\n", target, fail_at,
                    calls_failed);
      return;
    }
  }
}

static void one_fails(void **state) {
  (void)state;
  each_allocation_fails("127.0.0.1:7000", 0);
}
static void one_fails_with_a_name(void **state) {
  (void)state;
  each_allocation_fails("localhost:7000", 0);
}
static void many_fail_in_a_row(void **state) {
  (void)state;
  each_allocation_fails("127.0.0.1:7000", 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_fails),
      cmocka_unit_test(one_fails_with_a_name),
      cmocka_unit_test(many_fail_in_a_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
