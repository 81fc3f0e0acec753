/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METHOD(kind, name) \
  { sizeof(weir_method), kind, "/test.Echo/" name, NULL, NULL }
const weir_method echo_unary = METHOD(WEIR_UNARY, "Unary");
const weir_method echo_sum = METHOD(WEIR_CLIENT_STREAM, "Sum");
const weir_method echo_count = METHOD(WEIR_SERVER_STREAM, "Count");
const weir_method echo_chat = METHOD(WEIR_BIDI, "Chat");
const weir_method echo_missing = METHOD(WEIR_UNARY, "Missing");

weir_buf *echo_msg(const char *text) { return weir_buf_copy(text, strlen(text)); }

bool echo_is(weir_buf *b, const char *text) {
  bool same = b && weir_str_eq(weir_buf_view(b), weir_str_of(text));
  weir_buf_unref(b);
  return same;
}

/* ---- unary --------------------------------------------------------------------------------------------------- */

static void unary_cancelled(void *arg, weir_call *c, weir_code code) {
  const echo_impl *impl = arg;
  (void)code;
  atomic_fetch_add(&impl->stats->cancelled, 1);
  atomic_fetch_add(&impl->stats->ended, 1);
  weir_complete(c, WEIR_CANCELLED);
}

static weir_code echo_metadata(weir_call *c) {
  size_t n;
  const weir_kv *kvs = weir_headers(c, &n);
  weir_str val;
  weir_code code = WEIR_OK;
  if (weir_kv_get(kvs, n, "x-echo", &val))
    code = weir_send_headers(c, &(weir_kv){WEIR_STR("x-echo"), val}, 1);
  if (!code && weir_kv_get(kvs, n, "x-echo-bin", &val))
    code = weir_set_trailers(c, &(weir_kv){WEIR_STR("x-echo-bin"), val}, 1);
  return code;
}

/* "fail:N" */
static weir_code fail_code(weir_str text) {
  weir_code code = 0;
  for (size_t i = 5; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
    code = code * 10 + (text.data[i] - '0');
  return code;
}

static weir_code handle_unary(weir_call *c, const void *impl_, void *ctx, const void *req, void *rep) {
  const echo_impl *impl = impl_;
  weir_buf *buf = (weir_buf *)(uintptr_t)req;
  weir_str text = weir_buf_view(buf);
  (void)ctx;
  atomic_fetch_add(&impl->stats->started, 1);
  if (weir_str_eq(text, WEIR_STR("sleep"))) {
    weir_on_cancel(c, unary_cancelled, (void *)(uintptr_t)impl);
    return WEIR_PENDING;
  }
  atomic_fetch_add(&impl->stats->ended, 1);
  if (text.len > 5 && !memcmp(text.data, "fail:", 5))
    return weir_fail(c, fail_code(text), WEIR_FMT, WEIR_ARG(text));
  weir_code code = weir_str_eq(text, WEIR_STR("meta")) ? echo_metadata(c) : WEIR_OK;
  *(weir_buf **)rep = weir_buf_ref(buf);
  return code;
}

/* ---- streams: one state machine for the loop, plain loops for the pool ------------------------------------------- */

typedef struct stream {
  const echo_impl *impl;
  weir_buf *got;
  weir_buf **rep;
  size_t total, left;
  bool sending;
} stream;

static weir_code stream_over(stream *s, weir_code code) {
  atomic_fetch_add(&s->impl->stats->ended, 1);
  if (code == WEIR_CANCELLED) atomic_fetch_add(&s->impl->stats->cancelled, 1);
  if (code == WEIR_EOF) code = WEIR_OK;
  if (!code && s->rep) {
    char sum[32];
    *s->rep = weir_buf_copy(sum, (size_t)snprintf(sum, sizeof sum, "%zu", s->total));
    if (!*s->rep) code = WEIR_RESOURCE_EXHAUSTED;
  }
  return code;
}

static stream *stream_new(weir_call *c, const void *impl, void *rep) {
  stream *s = weir_alloc(weir_call_arena(c), sizeof *s);
  if (!s) return NULL;
  s->impl = impl;
  s->rep = rep;
  atomic_fetch_add(&s->impl->stats->started, 1);
  return s;
}

static weir_code sum_steps(stream *s, weir_call *c);

static void sum_go_on(void *arg, weir_call *c, weir_code code) {
  stream *s = arg;
  if (!code) {
    s->total += weir_buf_view(s->got).len;
    weir_buf_unref(s->got);
    code = sum_steps(s, c);
  }
  if (code != WEIR_PENDING) weir_complete(c, stream_over(s, code));
}

static weir_code sum_steps(stream *s, weir_call *c) {
  for (;;) {
    weir_code code = s->impl->on_loop ? weir_recv_async(c, NULL, (void **)&s->got, sum_go_on, s)
                                      : weir_recv(c, NULL, (void **)&s->got);
    if (code) return code;
    s->total += weir_buf_view(s->got).len;
    weir_buf_unref(s->got);
  }
}

static weir_code handle_sum(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  stream *s = stream_new(c, impl, rep);
  (void)ctx;
  (void)req;
  if (!s) return WEIR_RESOURCE_EXHAUSTED;
  weir_code code = sum_steps(s, c);
  return code == WEIR_PENDING ? code : stream_over(s, code);
}

static weir_code count_steps(stream *s, weir_call *c);

static void count_go_on(void *arg, weir_call *c, weir_code code) {
  stream *s = arg;
  if (!code) code = count_steps(s, c);
  if (code != WEIR_PENDING) weir_complete(c, stream_over(s, code));
}

/* Replies N, N-1, ... 1; each 1000 bytes. */
static weir_code count_steps(stream *s, weir_call *c) {
  while (s->left) {
    char text[1000] = "";
    snprintf(text, sizeof text, "%zu", s->left--);
    weir_buf *b = weir_buf_copy(text, sizeof text);
    if (!b) return WEIR_RESOURCE_EXHAUSTED;
    weir_code code = s->impl->on_loop ? weir_send_async(c, b, count_go_on, s) : weir_send(c, b);
    weir_buf_unref(b);
    if (code) return code;
  }
  return WEIR_OK;
}

static weir_code handle_count(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  stream *s = stream_new(c, impl, NULL);
  (void)ctx;
  (void)rep;
  weir_str n = weir_dup(weir_call_arena(c), weir_buf_view(req));
  if (!s) return WEIR_RESOURCE_EXHAUSTED;
  if (!n.data) return stream_over(s, WEIR_RESOURCE_EXHAUSTED);
  s->left = strtoul(n.data, NULL, 10);
  weir_code code = count_steps(s, c);
  return code == WEIR_PENDING ? code : stream_over(s, code);
}

static weir_code chat_steps(stream *s, weir_call *c);

static void chat_go_on(void *arg, weir_call *c, weir_code code) {
  stream *s = arg;
  s->sending = !s->sending;
  if (!code) code = chat_steps(s, c);
  if (code != WEIR_PENDING) weir_complete(c, stream_over(s, code));
}

/* Receives and sends in turn; s->sending: the operation that comes next. */
static weir_code chat_steps(stream *s, weir_call *c) {
  for (;;) {
    weir_code code;
    if (!s->sending) {
      code = s->impl->on_loop ? weir_recv_async(c, NULL, (void **)&s->got, chat_go_on, s)
                              : weir_recv(c, NULL, (void **)&s->got);
    } else {
      weir_buf *b = s->got;
      code = s->impl->on_loop ? weir_send_async(c, b, chat_go_on, s) : weir_send(c, b);
      weir_buf_unref(b);
    }
    if (code) return code;
    s->sending = !s->sending;
  }
}

static weir_code handle_chat(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  stream *s = stream_new(c, impl, NULL);
  (void)ctx;
  (void)req;
  (void)rep;
  if (!s) return WEIR_RESOURCE_EXHAUSTED;
  weir_code code = chat_steps(s, c);
  return code == WEIR_PENDING ? code : stream_over(s, code);
}

static const weir_method *const methods[] = {&echo_unary, &echo_sum, &echo_count, &echo_chat};
static weir_handler *const handlers[] = {handle_unary, handle_sum, handle_count, handle_chat};
const weir_service echo_service = {sizeof(weir_service), 4, "test.Echo", methods, handlers};
