/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* stream.c - sending and receiving typed messages on a call of either side. */
#include "stub/codec.h"

#include <string.h>

static const weir_pb_type *sent_type(const weir_call *c) {
  return c->is_server ? c->method->rep : c->method->req;
}
static const weir_pb_type *received_type(const weir_call *c) {
  return c->is_server ? c->method->req : c->method->rep;
}

/* The one message of its direction: the half-close may go with it. */
static bool is_last(const weir_call *c) {
  return !c->is_server && (c->kind == WEIR_UNARY || c->kind == WEIR_SERVER_STREAM);
}

/* A message that an interceptor refuses, or that cannot be decoded, ends the call: nothing that follows could be
 * trusted. */
static weir_code end_for(weir_call *c, weir_code code, const char *why) {
  weir_shard_enter(c->shard);
  weir_call_refuse(c, code, why);
  weir_shard_leave(c->shard);
  return code;
}

static weir_code encode_for(weir_call *c, weir_encoded *x, const void *msg) {
  weir_error e = {.msg = ""};
  if (c->is_server && (c->kind == WEIR_UNARY || c->kind == WEIR_CLIENT_STREAM)) {
    x->packed = NULL;
    x->arena = NULL;
    return WEIR_FAILED_PRECONDITION; /* the reply is what the handler fills in */
  }
  weir_code code = weir_encode_message(x, sent_type(c), msg, &e);
  if (code) {
    weir_log_printf(weir_loop_log(weir_shard_loop(c->shard)), WEIR_LOG_WARN, "call",
                    "%s: a message was not sent: %s", c->path, e.msg);
    return code;
  }
  if (c->n_interceptors && (code = weir_call_intercept(c, true, weir_encoded_view(x))))
    return end_for(c, code, "refused by an interceptor");
  weir_encoded_pack(x, c);
  return WEIR_OK;
}

weir_code weir_send(weir_call *c, const void *msg) {
  weir_encoded x;
  weir_code code = encode_for(c, &x, msg);
  if (!code) {
    weir_shard_enter(c->shard);
    while (c->state != WEIR_CALL_ENDED && !weir_call_has_room(c, false) && !code)
      code = weir_call_block(c, &c->send);
    if (!code) code = weir_encoded_put(&x, c, is_last(c));
    weir_shard_leave(c->shard);
  }
  weir_encoded_fini(&x);
  return code;
}

weir_code weir_send_async(weir_call *c, const void *msg, weir_fn *fn, void *arg) {
  weir_encoded x;
  weir_code code = encode_for(c, &x, msg);
  if (!code) {
    weir_shard_enter(c->shard);
    code = c->send.armed ? WEIR_FAILED_PRECONDITION : weir_encoded_put(&x, c, is_last(c));
    if (!code && !weir_call_has_room(c, false)) code = weir_call_arm(c, &c->send, fn, arg);
    weir_shard_leave(c->shard);
  }
  weir_encoded_fini(&x);
  return code;
}

static weir_code decode_for(weir_call *c, weir_buf *buf, bool packed, weir_arena *a, void **msg) {
  weir_error e = {.msg = ""};
  weir_code code = weir_call_unpack(c, &buf, packed, &e);
  if (code) return end_for(c, code, e.msg);
  code = c->n_interceptors ? weir_call_intercept(c, false, weir_buf_view(buf)) : WEIR_OK;
  if (code)
    weir_buf_unref(buf);
  else
    code = weir_decode_message(buf, received_type(c), a, NULL, msg, &e);
  return code ? end_for(c, code, *e.msg ? e.msg : "refused by an interceptor") : WEIR_OK;
}

weir_code weir_recv(weir_call *c, weir_arena *a, void **msg) {
  weir_buf *buf = NULL;
  bool packed = false;
  if (c->unary_to.fn) return WEIR_FAILED_PRECONDITION; /* its callback gets the reply */
  weir_shard_enter(c->shard);
  weir_code code = weir_call_take(c, &buf, &packed);
  while (code == WEIR_PENDING) {
    code = weir_call_block(c, &c->recv);
    if (!code) code = weir_call_take(c, &buf, &packed);
  }
  weir_shard_leave(c->shard);
  return code ? code : decode_for(c, buf, packed, a, msg);
}

static void recv_go_on(void *arg, weir_call *c, weir_code code) {
  weir_buf *buf = NULL;
  bool packed = false;
  (void)arg;
  weir_shard_enter(c->shard);
  code = weir_call_take(c, &buf, &packed);
  if (code == WEIR_PENDING) /* another thread was faster (weir_finish) */
    code = weir_call_arm(c, &c->recv, recv_go_on, NULL);
  weir_shard_leave(c->shard);
  if (code == WEIR_PENDING) return;
  if (!code) code = decode_for(c, buf, packed, c->recv_to.arena, c->recv_to.msg);
  c->recv_to.fn(c->recv_to.arg, c, code);
}

weir_code weir_recv_async(weir_call *c, weir_arena *a, void **msg, weir_fn *fn, void *arg) {
  weir_buf *buf = NULL;
  bool packed = false;
  if (c->unary_to.fn) return WEIR_FAILED_PRECONDITION; /* its callback gets the reply */
  weir_shard_enter(c->shard);
  weir_code code = c->recv.armed ? WEIR_FAILED_PRECONDITION : weir_call_take(c, &buf, &packed);
  if (code == WEIR_PENDING) {
    c->recv_to.arena = a;
    c->recv_to.msg = msg;
    c->recv_to.fn = fn;
    c->recv_to.arg = arg;
    code = weir_call_arm(c, &c->recv, recv_go_on, NULL);
  }
  weir_shard_leave(c->shard);
  return code ? code : decode_for(c, buf, packed, a, msg);
}
