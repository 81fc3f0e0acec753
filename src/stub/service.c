/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* service.c - running typed handlers: request in, reply out. */
#include "server/server.h"
#include "stub/codec.h"

static bool takes_one(const weir_call *c) { return c->kind == WEIR_UNARY || c->kind == WEIR_SERVER_STREAM; }
static bool gives_one(const weir_call *c) { return c->kind == WEIR_UNARY || c->kind == WEIR_CLIENT_STREAM; }

static weir_code decode_request(weir_call *c, void **req) {
  weir_buf *buf = NULL;
  bool packed = false;
  weir_error e;
  weir_shard_enter(c->shard);
  weir_code code = weir_call_take(c, &buf, &packed);
  weir_shard_leave(c->shard);
  if (code) return weir_fail(c, WEIR_CANCELLED, "the call was cancelled");
  if ((code = weir_call_unpack(c, &buf, packed, &e))) return weir_fail(c, code, "%s", e.msg);
  if (c->n_interceptors && (code = weir_call_intercept(c, false, weir_buf_view(buf)))) {
    weir_buf_unref(buf);
    return weir_fail(c, code, "refused by an interceptor");
  }
  code = weir_decode_message(buf, c->method->req, c->arena, &c->server.request, req, &e);
  if (code) return weir_fail(c, code, "the request cannot be parsed: %s", e.msg);
  if (!c->method->req) c->server.request = buf; /* raw: the call keeps it for the handler */
  return WEIR_OK;
}

/* Room for the reply: a zeroed message, or a weir_buf * to be set. */
static bool make_reply(weir_call *c) {
  c->reply = c->method->rep ? weir_pb_new(c->method->rep, c->arena) : weir_alloc(c->arena, sizeof(weir_buf *));
  return c->reply != NULL;
}

static void run_handler(const weir_method_entry *m, weir_call *c) {
  void *req = NULL;
  weir_code code = takes_one(c) ? decode_request(c, &req) : WEIR_OK;
  if (!code && gives_one(c) && !make_reply(c)) code = weir_fail(c, WEIR_RESOURCE_EXHAUSTED, "out of memory");
  if (!code && !m->handler) code = weir_fail(c, WEIR_UNIMPLEMENTED, "%s is not implemented", c->path);
  if (!code) {
    code = m->handler(c, m->impl, m->ctx, req, c->reply);
    if (code == WEIR_PENDING) return; /* another thread may have ended and freed it already */
  }
  weir_complete(c, code);
}

weir_code weir_server_add(weir_server *s, const weir_service *svc, const void *impl, void *ctx,
                          uint32_t run_on) {
  return weir_server_add_methods(s, svc, impl, ctx, run_on, run_handler);
}

weir_code weir_server_on_unknown(weir_server *s, weir_handler *fn, const void *impl, void *ctx,
                                 uint32_t run_on) {
  static const weir_method any = {sizeof any, WEIR_BIDI, "", NULL, NULL};
  weir_method_entry m = {&any, run_handler, fn, impl, ctx, run_on};
  return weir_server_set_unknown(s, &m);
}

static void complete_with_reply(weir_call *c) {
  weir_encoded x;
  weir_error e = {.msg = ""};
  bool raw = !c->method->rep;
  weir_buf *body = raw ? *(weir_buf **)c->reply : NULL;
  weir_code code = weir_encode_message(&x, c->method->rep, raw ? (void *)body : c->reply, &e);
  if (code) weir_fail(c, code, "the reply cannot be encoded: %s", e.msg);
  if (raw && !body) x.bytes = (weir_str){"", 0};
  if (!code && c->n_interceptors && (code = weir_call_intercept(c, true, weir_encoded_view(&x))))
    weir_fail(c, code, "refused by an interceptor");
  if (!code) weir_encoded_pack(&x, c);
  if (x.packed)
    weir_server_end_call(c, code, (weir_str){NULL, 0}, x.packed, true);
  else
    weir_server_end_call(c, code, x.bytes, x.body, false);
  weir_encoded_fini(&x);
  weir_buf_unref(body);
}

void weir_complete(weir_call *c, weir_code code) {
  if (!weir_server_claim_end(c))
    return; /* ended twice: a mistake that must not free the call under the other */
  if (code == WEIR_OK && c->reply) {
    complete_with_reply(c);
    return;
  }
  if (c->reply && !c->method->rep) weir_buf_unref(*(weir_buf **)c->reply); /* set, but not to be sent */
  weir_server_end_call(c, code, (weir_str){NULL, 0}, NULL, false);
}
