/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* unary.c - client calls with one request and one reply. */
#include "client/start.h"
#include "stub/codec.h"

#include <stdio.h>

static void unary_done(void *arg, weir_call *c, weir_code code);

/* Why the request was not sent; *e may say it already. */
static weir_str unsent_why(const weir_call *c, const weir_encoded *x, weir_code code, weir_error *e) {
  size_t len = weir_encoded_view(x).len;
  if (*e->msg) return weir_str_of(e->msg);
  if (code == WEIR_RESOURCE_EXHAUSTED && len > c->max_send)
    weir_error_set(e, code, 0, "the request has %zu bytes, more than the channel's max_send_bytes (%u)", len,
                   (unsigned)c->max_send);
  else if (code == WEIR_RESOURCE_EXHAUSTED)
    weir_error_set(e, code, 0, "out of memory for the request");
  else
    weir_error_set(e, code, 0, "the request was refused by an interceptor");
  return weir_str_of(e->msg);
}

/* Makes the call and sends it on its way with its request. fn NULL: somebody will block for the end. */
static weir_call *unary_begin(weir_channel *ch, const weir_method *m, const void *req,
                              const weir_call_opts *o, weir_fn *fn, void *arg) {
  weir_encoded x;
  weir_error e = {.msg = ""};
  weir_call *c = weir_client_call_new(ch, m, o);
  if (!c) return NULL;
  c->consume_early = true;
  c->unary_to.fn = fn;
  c->unary_to.arg = arg;
  weir_code code = weir_encode_message(&x, m->req, req, &e);
  if (!code && !c->client.start_error && c->n_interceptors)
    code = weir_call_intercept(c, true, weir_encoded_view(&x));
  if (!code && !c->client.start_error) weir_encoded_pack(&x, c);
  weir_shard_enter(c->shard);
  if (fn) (void)weir_call_arm(c, &c->finish, unary_done, NULL);
  if (!code) code = weir_encoded_put(&x, c, true);
  if (code && c->state != WEIR_CALL_ENDED) weir_call_end(c, code, unsent_why(c, &x, code, &e), NULL, 0);
  weir_client_call_go(c);
  weir_shard_leave(c->shard);
  weir_encoded_fini(&x);
  return c;
}

/* The reply of a call that ended with OK. keep: it may view the received bytes, which live as long as the call. */
static weir_code unary_reply(weir_call *c, weir_arena *a, weir_buf **keep, void **rep, weir_error *e) {
  weir_buf *buf = NULL;
  bool packed = false;
  weir_shard_enter(c->shard);
  weir_code code = weir_call_take(c, &buf, &packed);
  weir_shard_leave(c->shard);
  if (code) return weir_error_set(e, WEIR_INTERNAL, 0, "no reply message");
  if ((code = weir_call_unpack(c, &buf, packed, e))) return code;
  if (c->n_interceptors && (code = weir_call_intercept(c, false, weir_buf_view(buf)))) {
    weir_buf_unref(buf);
    return weir_error_set(e, code, 0, "refused by an interceptor");
  }
  return weir_decode_message(buf, c->method->rep, a, keep, rep, e);
}

weir_code weir_unary(weir_channel *ch, const weir_method *m, const void *req, void **rep, weir_arena *a,
                     const weir_call_opts *o, weir_error *e) {
  if (!weir_channel_may_block(ch))
    return weir_error_set(e, WEIR_FAILED_PRECONDITION, 0,
                          "a blocking call on a loop's thread would deadlock; use weir_unary_async");
  weir_call *c = unary_begin(ch, m, req, o, NULL, NULL);
  if (!c) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a call");
  weir_shard_enter(c->shard);
  weir_code code = WEIR_OK;
  while (c->state != WEIR_CALL_ENDED && !code) code = weir_call_block(c, &c->finish);
  if (!code && (code = c->code)) weir_error_set(e, code, 0, WEIR_FMT, WEIR_ARG(c->text));
  weir_shard_leave(c->shard);
  if (!code) {
    weir_error own;
    void *unwanted = NULL;
    code = unary_reply(c, a, NULL, rep ? rep : &unwanted, e ? e : &own);
    if (unwanted && !m->rep) weir_buf_unref(unwanted);
  }
  weir_call_unref(c);
  return code;
}

static void unary_done(void *arg, weir_call *c, weir_code code) {
  (void)arg;
  if (!code) {
    weir_error e = {.msg = ""};
    code = unary_reply(c, c->arena, &c->reply_bytes, &c->reply, &e);
    if (code) weir_call_spoil(c, code, e.msg);
  }
  c->unary_to.fn(c->unary_to.arg, c, code);
}

weir_call *weir_unary_async(weir_channel *ch, const weir_method *m, const void *req, const weir_call_opts *o,
                            weir_fn *fn, void *arg) {
  return unary_begin(ch, m, req, o, fn, arg);
}

void *weir_reply_msg(weir_call *c) { return c->reply; }
