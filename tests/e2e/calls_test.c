/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* calls_test.c - a real server and a real client in one process, over loopback sockets: every kind of call, blocking and
 * asynchronous, handlers on the loop and on the pool. Each test runs for each row of `worlds`. */
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

typedef struct world {
  bool on_loop;
  uint32_t server_threads, client_threads; /* 0: a private loop */
  bool unix_socket;
  echo_stats stats;
  echo_impl impl;
  weir_loop *server_loop, *client_loop;
  weir_server *server;
  weir_channel *ch;
  char target[128];
} world;

static weir_loop *loop_of(uint32_t threads) {
  weir_error e;
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = threads), &e);
  if (!l) fail_msg("%s", e.msg);
  return l;
}

static int world_up(void **state) {
  world *w = *state;
  weir_error e = {.msg = ""};
  uint16_t port = 0;
  char addr[128];
  memset(&w->stats, 0, sizeof w->stats);
  w->impl = (echo_impl){w->on_loop, &w->stats};
  w->server_loop = loop_of(w->server_threads ? w->server_threads : 1);
  w->client_loop = w->client_threads ? loop_of(w->client_threads) : NULL;
  w->server = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = w->server_loop), &e);
  assert_non_null(w->server);
  assert_int_equal(
      weir_server_add(w->server, &echo_service, &w->impl, NULL, w->on_loop ? WEIR_ON_LOOP : WEIR_ON_POOL),
      WEIR_OK);
  if (w->unix_socket)
    snprintf(addr, sizeof addr, "unix:/tmp/weir-test-%ld.sock", (long)getpid());
  else
    snprintf(addr, sizeof addr, "127.0.0.1:0");
  if (weir_server_listen(w->server, addr, weir_creds_insecure(), &port, &e)) fail_msg("%s", e.msg);
  if (weir_server_start(w->server, &e)) fail_msg("%s", e.msg);
  if (w->unix_socket)
    snprintf(w->target, sizeof w->target, "%s", addr);
  else
    snprintf(w->target, sizeof w->target, "localhost:%u", port);
  w->ch = weir_channel_new(w->target, weir_creds_insecure(),
                           WEIR_OPTS(weir_channel_opts, .loop = w->client_loop), &e);
  if (!w->ch) fail_msg("%s", e.msg);
  return 0;
}

static int world_down(void **state) {
  world *w = *state;
  weir_channel_unref(w->ch);
  weir_server_shutdown(w->server, WEIR_SECONDS(5), NULL, NULL);
  weir_server_unref(w->server);
  weir_loop_unref(w->client_loop);
  weir_loop_unref(w->server_loop);
  return atomic_load(&w->stats.started) == atomic_load(&w->stats.ended) ? 0 : -1;
}

/* ---- unary ------------------------------------------------------------------------------------------------------------- */

static weir_code unary(world *w, const char *text, const weir_call_opts *o, weir_buf **rep, weir_error *e) {
  weir_buf *req = echo_msg(text);
  void *got = NULL;
  weir_code code = weir_unary(w->ch, &echo_unary, req, &got, NULL, o, e);
  weir_buf_unref(req);
  *rep = got;
  return code;
}

static void unary_blocking(void **state) {
  world *w = *state;
  for (int i = 0; i < 100; i++) {
    weir_buf *rep;
    weir_error e = {.msg = ""};
    weir_code code = unary(w, "hello", NULL, &rep, &e);
    if (code) fail_msg("%s: %s", weir_code_name(code), e.msg);
    assert_true(echo_is(rep, "hello"));
  }
}

static void unary_empty_message(void **state) {
  weir_buf *rep;
  assert_int_equal(unary(*state, "", NULL, &rep, NULL), WEIR_OK);
  assert_true(echo_is(rep, ""));
}

static void unary_fails_with_code_and_text(void **state) {
  weir_buf *rep;
  weir_error e;
  assert_int_equal(unary(*state, "fail:5 \xc3\xa9\t%", NULL, &rep, &e), WEIR_NOT_FOUND);
  assert_int_equal(e.code, WEIR_NOT_FOUND);
  assert_string_equal(e.msg, "fail:5 \xc3\xa9\t%");
}

static void unary_deadline(void **state) {
  world *w = *state;
  weir_buf *rep;
  weir_error e;
  assert_int_equal(unary(w, "sleep", WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_MS(30)), &rep, &e),
                   WEIR_DEADLINE_EXCEEDED);
}

static void unary_already_over(void **state) {
  weir_buf *rep;
  assert_int_equal(unary(*state, "x", WEIR_OPTS(weir_call_opts, .timeout_ns = -1), &rep, NULL),
                   WEIR_DEADLINE_EXCEEDED);
}

static void unknown_method(void **state) {
  world *w = *state;
  weir_buf *req = echo_msg("x");
  void *rep;
  weir_error e;
  assert_int_equal(weir_unary(w->ch, &echo_missing, req, &rep, NULL, NULL, &e), WEIR_UNIMPLEMENTED);
  assert_non_null(strstr(e.msg, "/test.Echo/Missing"));
  weir_buf_unref(req);
}

static void large_message(void **state) {
  world *w = *state;
  size_t n = 3 * 1024 * 1024;
  char *bytes = malloc(n);
  for (size_t i = 0; i < n; i++) bytes[i] = (char)(i * 31 >> 3);
  weir_buf *req = weir_buf_copy(bytes, n);
  void *rep;
  weir_error e;
  weir_code code = weir_unary(w->ch, &echo_unary, req, &rep, NULL, NULL, &e);
  if (code) fail_msg("%s", e.msg);
  assert_true(weir_str_eq(weir_buf_view(rep), (weir_str){bytes, n}));
  weir_buf_unref(rep);
  weir_buf_unref(req);
  free(bytes);
}

static void message_over_the_limit(void **state) {
  world *w = *state;
  size_t n = 5 * 1024 * 1024;
  char *bytes = calloc(1, n);
  weir_buf *req = weir_buf_copy(bytes, n), *again;
  void *rep;
  assert_int_equal(weir_unary(w->ch, &echo_unary, req, &rep, NULL, NULL, NULL), WEIR_RESOURCE_EXHAUSTED);
  weir_buf_unref(req);
  free(bytes);
  assert_int_equal(unary(w, "still there", NULL, &again, NULL), WEIR_OK);
  assert_true(echo_is(again, "still there"));
}

typedef struct fan {
  pthread_mutex_t mu;
  pthread_cond_t cond;
  int left, ok;
} fan;

static void fan_done(void *arg, weir_call *c, weir_code code) {
  fan *f = arg;
  weir_buf *rep = weir_reply_msg(c);
  bool ok = code == WEIR_OK && echo_is(rep, "fan");
  weir_call_unref(c);
  pthread_mutex_lock(&f->mu);
  f->ok += ok;
  if (--f->left == 0) pthread_cond_signal(&f->cond);
  pthread_mutex_unlock(&f->mu);
}

static void unary_async_fan_out(void **state) {
  world *w = *state;
  fan f = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 1000, 0};
  weir_buf *req = echo_msg("fan");
  for (int i = 0; i < 1000; i++)
    assert_non_null(weir_unary_async(w->ch, &echo_unary, req, NULL, fan_done, &f));
  weir_buf_unref(req);
  pthread_mutex_lock(&f.mu);
  while (f.left) pthread_cond_wait(&f.cond, &f.mu);
  pthread_mutex_unlock(&f.mu);
  assert_int_equal(f.ok, 1000);
}

static void *caller(void *arg) {
  intptr_t bad = 0;
  for (int i = 0; i < 200; i++) {
    weir_buf *rep;
    if (unary(arg, "hello", NULL, &rep, NULL) || !echo_is(rep, "hello")) bad++;
  }
  return (void *)bad;
}

static void unary_many_threads(void **state) {
  pthread_t t[8];
  void *bad;
  for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&t[i], NULL, caller, *state), 0);
  for (int i = 0; i < 8; i++) {
    pthread_join(t[i], &bad);
    assert_null(bad);
  }
}

static void metadata_both_ways(void **state) {
  world *w = *state;
  const weir_kv md[] = {{WEIR_STR("x-echo"), WEIR_STR("there and back")},
                        {WEIR_STR("x-echo-bin"), {"\x00\xab\xff", 3}}};
  weir_call *c =
      weir_call_start(w->ch, &echo_unary, WEIR_OPTS(weir_call_opts, .metadata = md, .n_metadata = 2));
  weir_buf *req = echo_msg("meta");
  void *rep;
  size_t n;
  weir_str val;
  assert_int_equal(weir_send(c, req), WEIR_OK);
  weir_buf_unref(req);
  const weir_kv *headers = weir_headers(c, &n);
  assert_true(weir_kv_get(headers, n, "x-echo", &val));
  assert_true(weir_str_eq(val, WEIR_STR("there and back")));
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  assert_true(echo_is(rep, "meta"));
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  const weir_kv *trailers = weir_trailers(c, &n);
  assert_true(weir_kv_get(trailers, n, "x-echo-bin", &val));
  assert_true(weir_str_eq(val, (weir_str){"\x00\xab\xff", 3}));
  assert_int_equal(strncmp(weir_call_peer(c), w->unix_socket ? "unix:" : "ip", w->unix_socket ? 5 : 2), 0);
  weir_call_unref(c);
}

static void illegal_metadata_fails_the_call(void **state) {
  world *w = *state;
  const weir_kv md = {WEIR_STR("Upper Case"), WEIR_STR("x")};
  weir_buf *rep;
  weir_error e;
  assert_int_equal(unary(w, "x", WEIR_OPTS(weir_call_opts, .metadata = &md, .n_metadata = 1), &rep, &e),
                   WEIR_INTERNAL);
  assert_non_null(strstr(e.msg, "metadata"));
}

/* ---- streams ------------------------------------------------------------------------------------------------------------ */

static void client_stream(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_sum, NULL);
  void *rep;
  for (int i = 0; i < 50; i++) {
    weir_buf *b = echo_msg("0123456789");
    assert_int_equal(weir_send(c, b), WEIR_OK);
    weir_buf_unref(b);
  }
  assert_int_equal(weir_half_close(c), WEIR_OK);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  assert_true(echo_is(rep, "500"));
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  weir_call_unref(c);
}

static void server_stream(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_count, NULL);
  weir_buf *b = echo_msg("3000");
  void *rep;
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_buf_unref(b);
  for (int i = 3000; i > 0; i--) { /* 3 MB: more than any window */
    assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
    assert_int_equal(strtol(weir_buf_view(rep).data, NULL, 10), i);
    weir_buf_unref(rep);
  }
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_EOF);
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  weir_call_unref(c);
}

static void bidi_ping_pong(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  void *rep;
  for (int i = 0; i < 100; i++) {
    char text[32];
    snprintf(text, sizeof text, "turn %d", i);
    weir_buf *b = echo_msg(text);
    assert_int_equal(weir_send(c, b), WEIR_OK);
    weir_buf_unref(b);
    assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
    assert_true(echo_is(rep, text));
  }
  weir_half_close(c);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_EOF);
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  weir_call_unref(c);
}

static void *chat_sender(void *arg) {
  weir_call *c = arg;
  static const char text[10000];
  for (int i = 0; i < 500; i++) {
    weir_buf *b = weir_buf_copy(text, sizeof text);
    weir_code code = weir_send(c, b);
    weir_buf_unref(b);
    if (code) return (void *)(intptr_t)code;
  }
  weir_half_close(c);
  return NULL;
}

/* 5 MB each way at once: back-pressure on all four queues. */
static void bidi_two_threads(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  pthread_t t;
  void *rep, *sent;
  size_t total = 0;
  weir_code code;
  pthread_create(&t, NULL, chat_sender, c);
  while ((code = weir_recv(c, NULL, &rep)) == WEIR_OK) {
    total += weir_buf_view(rep).len;
    weir_buf_unref(rep);
  }
  pthread_join(t, &sent);
  assert_null(sent);
  assert_int_equal(code, WEIR_EOF);
  assert_int_equal(total, 5000000);
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  weir_call_unref(c);
}

static void cancel_from_the_client(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  weir_buf *b = echo_msg("x");
  void *rep;
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_buf_unref(b);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  weir_buf_unref(rep);
  weir_cancel(c);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_CANCELLED);
  assert_int_equal(weir_finish(c, NULL), WEIR_CANCELLED);
  assert_true(weir_is_cancelled(c));
  weir_call_unref(c);
  for (int i = 0; i < 5000 && !atomic_load(&w->stats.cancelled); i++) usleep(1000);
  assert_int_equal(atomic_load(&w->stats.cancelled), 1);
}

static void dropping_a_call_cancels_it(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  weir_buf *b = echo_msg("x");
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_buf_unref(b);
  void *rep;
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  weir_buf_unref(rep);
  weir_call_unref(c);
  for (int i = 0; i < 5000 && !atomic_load(&w->stats.cancelled); i++) usleep(1000);
  assert_int_equal(atomic_load(&w->stats.cancelled), 1);
}

static void finish_drops_what_was_not_read(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_count, NULL);
  weir_buf *b = echo_msg("2000");
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_buf_unref(b);
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  weir_call_unref(c);
}

/* ---- channel and server -------------------------------------------------------------------------------------------------- */

static void channel_states(void **state) {
  world *w = *state;
  weir_buf *rep;
  assert_int_equal(weir_channel_state(w->ch, true), WEIR_IDLE);
  int last = WEIR_IDLE;
  while (last != WEIR_READY) {
    assert_int_equal(weir_channel_watch(w->ch, last, WEIR_SECONDS(10), NULL, NULL), WEIR_OK);
    last = weir_channel_state(w->ch, false);
  }
  assert_int_equal(weir_channel_watch(w->ch, WEIR_READY, WEIR_MS(10), NULL, NULL), WEIR_DEADLINE_EXCEEDED);
  assert_int_equal(unary(w, "x", NULL, &rep, NULL), WEIR_OK);
  weir_buf_unref(rep);
}

static void closing_a_channel_ends_its_calls(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  weir_buf *b = echo_msg("x");
  void *rep;
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_buf_unref(b);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  weir_buf_unref(rep);
  weir_channel_unref(w->ch);
  w->ch = NULL;
  assert_int_equal(weir_finish(c, NULL), WEIR_CANCELLED);
  weir_call_unref(c);
}

static void shutdown_fn(void *arg, weir_call *c, weir_code code) {
  (void)c;
  (void)code;
  atomic_fetch_add((atomic_int *)arg, 1);
}

static void graceful_shutdown(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  weir_buf *b = echo_msg("x");
  void *rep;
  atomic_int over = 0;
  assert_int_equal(weir_send(c, b), WEIR_OK);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  weir_buf_unref(rep);
  weir_server_shutdown(w->server, -1, shutdown_fn, &over);
  for (int i = 0; i < 20; i++) { /* the call that runs goes on as if nothing were */
    assert_int_equal(weir_send(c, b), WEIR_OK);
    assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
    weir_buf_unref(rep);
    usleep(1000);
  }
  weir_buf_unref(b);
  assert_int_equal(atomic_load(&over), 0);
  weir_half_close(c);
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  weir_call_unref(c);
  for (int i = 0; i < 5000 && !atomic_load(&over); i++) usleep(1000);
  assert_int_equal(atomic_load(&over), 1);
}

static void forced_shutdown(void **state) {
  world *w = *state;
  weir_call *c = weir_call_start(w->ch, &echo_chat, NULL);
  weir_buf *b = echo_msg("x");
  void *rep;
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_buf_unref(b);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  weir_buf_unref(rep);
  weir_server_shutdown(w->server, WEIR_MS(20), NULL, NULL);
  assert_int_equal(weir_finish(c, NULL), WEIR_UNAVAILABLE);
  weir_call_unref(c);
}

static void nobody_listens(void **state) {
  world *w = *state;
  weir_error e;
  weir_channel *ch = weir_channel_new("127.0.0.1:1", weir_creds_insecure(), NULL, &e);
  weir_buf *req = echo_msg("x");
  void *rep;
  (void)w;
  assert_int_equal(weir_unary(ch, &echo_unary, req, &rep, NULL, NULL, &e), WEIR_UNAVAILABLE);
  assert_non_null(strstr(e.msg, "127.0.0.1:1"));
  assert_non_null(strstr(e.msg, "refused"));
  assert_int_equal(
      weir_unary(ch, &echo_unary, req, &rep, NULL,
                 WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_MS(50), .flags = WEIR_WAIT_FOR_READY), &e),
      WEIR_DEADLINE_EXCEEDED);
  weir_buf_unref(req);
  weir_channel_unref(ch);
}

int main(void) {
  static world worlds[] = {
      {.on_loop = true},
      {.on_loop = false},
      {.on_loop = true, .client_threads = 1, .unix_socket = true},
      {.on_loop = false, .server_threads = 2, .client_threads = 2},
      {.on_loop = true, .server_threads = 2},
  };
  int bad = 0;
  for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
    world *w = &worlds[i];
    char name[80];
    snprintf(name, sizeof name, "%s, %s", w->on_loop ? "loop" : "pool", w->unix_socket ? "unix" : "tcp");
#define T(f) \
  { #f, f, world_up, world_down, w }
    const struct CMUnitTest tests[] = {
        T(unary_blocking),
        T(unary_empty_message),
        T(unary_fails_with_code_and_text),
        T(unary_deadline),
        T(unary_already_over),
        T(unknown_method),
        T(large_message),
        T(message_over_the_limit),
        T(unary_async_fan_out),
        T(unary_many_threads),
        T(metadata_both_ways),
        T(illegal_metadata_fails_the_call),
        T(client_stream),
        T(server_stream),
        T(bidi_ping_pong),
        T(bidi_two_threads),
        T(cancel_from_the_client),
        T(dropping_a_call_cancels_it),
        T(finish_drops_what_was_not_read),
        T(channel_states),
        T(closing_a_channel_ends_its_calls),
        T(graceful_shutdown),
        T(forced_shutdown),
        T(nobody_listens),
    };
    bad += _cmocka_run_group_tests(name, tests, sizeof tests / sizeof *tests, NULL, NULL);
  }
  return bad;
}
