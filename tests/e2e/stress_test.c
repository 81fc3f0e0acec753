/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* stress_test.c - many threads use channels, calls and servers at once, with deadlines, cancellations, drops, and servers
 * that go away under them. For the sanitizers: what ends how is not the question, that all ends is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_THREADS 6
#define N_ROUNDS  60

typedef struct ground {
  weir_loop *server_loop, *client_loop;
  echo_stats stats;
  echo_impl impl;
  uint32_t run_on;
  uint16_t port;
  pthread_mutex_t mu;
  weir_channel *shared;
  atomic_int pending; /* asynchronous calls that have not ended */
} ground;

typedef struct worker {
  ground *g;
  unsigned seed;
  pthread_t thread;
} worker;

static unsigned pick(worker *w, unsigned below) { return (unsigned)rand_r(&w->seed) % below; }

static weir_server *server_up(ground *g) {
  weir_error e;
  char addr[32];
  uint16_t port = g->port;
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = g->server_loop), &e);
  if (!s) fail_msg("%s", e.msg);
  weir_server_add(s, &echo_service, &g->impl, NULL, g->run_on);
  snprintf(addr, sizeof addr, "127.0.0.1:%u", g->port);
  int tries = 100; /* the port was free for a moment: another test's client may have it */
  while (weir_server_listen(s, addr, weir_creds_insecure(), &port, &e))
    if (e.code != WEIR_UNAVAILABLE || --tries == 0 || usleep(50000)) fail_msg("%s", e.msg);
  if (!g->port) g->port = port; /* before there are other threads */
  if (weir_server_start(s, &e)) fail_msg("%s", e.msg);
  return s;
}

static weir_channel *channel_new(ground *g) {
  char target[32];
  snprintf(target, sizeof target, "127.0.0.1:%u", g->port);
  return weir_channel_new(target, weir_creds_insecure(),
                          WEIR_OPTS(weir_channel_opts, .loop = g->client_loop, .min_backoff_ns = WEIR_MS(1)),
                          NULL);
}

static void async_done(void *arg, weir_call *c, weir_code code) {
  ground *g = arg;
  weir_buf_unref(weir_reply_msg(c));
  weir_call_unref(c);
  (void)code;
  atomic_fetch_sub(&g->pending, 1);
}

static void some_unary(worker *w, weir_channel *ch) {
  ground *g = w->g;
  static const char *const texts[] = {"hello", "sleep", "fail:3", "meta"};
  const char *text = texts[pick(w, 4)];
  weir_buf *req = echo_msg(text);
  weir_call_opts o = {.size = sizeof o, .timeout_ns = WEIR_MS(1 + pick(w, 20))};
  if (pick(w, 2)) {
    void *rep = NULL;
    weir_unary(ch, &echo_unary, req, &rep, NULL, &o, NULL);
    weir_buf_unref(rep);
  } else {
    atomic_fetch_add(&g->pending, 1);
    if (!weir_unary_async(ch, &echo_unary, req, &o, async_done, g)) atomic_fetch_sub(&g->pending, 1);
  }
  weir_buf_unref(req);
}

static void *cancel_soon(void *call) {
  usleep(500);
  weir_cancel(call);
  weir_call_unref(call);
  return NULL;
}

static void some_chat(worker *w, weir_channel *ch) {
  weir_call *c = weir_call_start(ch, &echo_chat, WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_MS(50)));
  pthread_t t;
  bool cancel = pick(w, 3) == 0;
  if (cancel) pthread_create(&t, NULL, cancel_soon, weir_call_ref(c));
  for (unsigned i = pick(w, 20); i > 0; i--) {
    weir_buf *b = echo_msg("chat");
    weir_code code = weir_send(c, b);
    void *rep = NULL;
    weir_buf_unref(b);
    if (!code) code = weir_recv(c, NULL, &rep);
    weir_buf_unref(rep);
    if (code) break;
  }
  if (pick(w, 3)) {
    weir_half_close(c);
    weir_finish(c, NULL);
  }
  weir_call_unref(c); /* sometimes without an end: that cancels it */
  if (cancel) pthread_join(t, NULL);
}

static void *work(void *arg) {
  worker *w = arg;
  ground *g = w->g;
  for (int i = 0; i < N_ROUNDS; i++) {
    bool own = pick(w, 8) == 0;
    weir_channel *ch = own ? channel_new(g) : weir_channel_ref(g->shared);
    if (pick(w, 2))
      some_unary(w, ch);
    else
      some_chat(w, ch);
    weir_channel_unref(ch);
  }
  return NULL;
}

/* After all that, a call succeeds. */
static void one_more_call(ground *g) {
  weir_buf *req = echo_msg("hello");
  void *rep = NULL;
  weir_error e;
  if (weir_unary(g->shared, &echo_unary, req, &rep, NULL,
                 WEIR_OPTS(weir_call_opts, .flags = WEIR_WAIT_FOR_READY), &e))
    fail_msg("%s", e.msg);
  weir_buf_unref(req);
  assert_true(echo_is(rep, "hello"));
}

static void rounds(uint32_t server_threads, uint32_t client_threads, uint32_t run_on) {
  ground g = {.run_on = run_on};
  worker workers[N_THREADS];
  weir_error e;
  g.impl = (echo_impl){run_on == WEIR_ON_LOOP, &g.stats};
  g.server_loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = server_threads), &e);
  g.client_loop =
      client_threads ? weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = client_threads), &e) : NULL;
  weir_server *s = server_up(&g);
  g.shared = channel_new(&g);
  for (unsigned i = 0; i < N_THREADS; i++) {
    workers[i] = (worker){.g = &g, .seed = i + 1};
    assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  for (int i = 0; i < 10; i++) { /* servers come and go */
    usleep(20000);
    weir_server_shutdown(s, i % 2 ? 0 : WEIR_MS(10), NULL, NULL);
    weir_server_unref(s);
    s = server_up(&g);
  }
  for (unsigned i = 0; i < N_THREADS; i++) pthread_join(workers[i].thread, NULL);
  while (atomic_load(&g.pending)) usleep(1000); /* ctest's limit is the judge */
  one_more_call(&g);
  weir_channel_unref(g.shared);
  weir_server_unref(s);
  weir_loop_unref(g.client_loop);
  weir_loop_unref(g.server_loop);
  assert_int_equal(atomic_load(&g.stats.started), atomic_load(&g.stats.ended));
}

static void on_the_loop(void **state) {
  (void)state;
  rounds(2, 2, WEIR_ON_LOOP);
}
static void on_the_pool(void **state) {
  (void)state;
  rounds(2, 0, WEIR_ON_POOL);
}
static void private_loops(void **state) {
  (void)state;
  rounds(1, 0, WEIR_ON_LOOP);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(on_the_loop),
      cmocka_unit_test(on_the_pool),
      cmocka_unit_test(private_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
