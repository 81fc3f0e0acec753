/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* reply.c - what a handler does with its call besides messages: status, metadata. */
#include "base/arena.h"
#include "rpc/metadata.h"
#include "server/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

weir_code weir_fail(weir_call *c, weir_code code, const char *fmt, ...) {
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  int len = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  char *text = len < 0 ? NULL : weir_alloc(c->arena, (size_t)len + 1);
  if (text) {
    vsnprintf(text, (size_t)len + 1, fmt, again);
    c->server.text = (weir_str){text, (size_t)len};
  }
  va_end(again);
  return code;
}

weir_code weir_set_trailers(weir_call *c, const weir_kv *kvs, size_t n) {
  if (!c->is_server) return WEIR_FAILED_PRECONDITION;
  for (size_t i = 0; i < n; i++)
    if (!weir_metadata_is_legal(&kvs[i])) return WEIR_INVALID_ARGUMENT;
  return weir_call_keep(c, &c->server.trailers, kvs, n) ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED;
}

weir_code weir_send_headers(weir_call *c, const weir_kv *kvs, size_t n) {
  if (!c->is_server) return WEIR_FAILED_PRECONDITION;
  weir_code code = WEIR_OK;
  weir_shard_enter(c->shard);
  if (c->state == WEIR_CALL_ENDED) {
    code = weir_call_final(c);
  } else {
    switch (weir_rpc_send_headers(c->rpc, kvs, n)) {
    case WEIR_EOK: weir_conn_kick(c->conn); break;
    case WEIR_EINVALID: code = WEIR_INVALID_ARGUMENT; break;
    case WEIR_ENOMEM: code = WEIR_RESOURCE_EXHAUSTED; break;
    default: code = WEIR_FAILED_PRECONDITION;
    }
  }
  weir_shard_leave(c->shard);
  return code;
}

weir_code weir_set_compression(weir_call *c, uint32_t compression) {
  if (!c->is_server) return WEIR_FAILED_PRECONDITION;
  weir_code code = weir_encoding_check(compression, NULL);
  if (code) return code;
  uint8_t e = c->out_accept & WEIR_ENCODING_BIT(compression) ? (uint8_t)compression : WEIR_IDENTITY;
  weir_shard_enter(c->shard);
  if (c->state == WEIR_CALL_ENDED)
    code = weir_call_final(c);
  else if (weir_rpc_set_encoding(c->rpc, e))
    code = WEIR_FAILED_PRECONDITION;
  weir_shard_leave(c->shard);
  if (!code) c->out_encoding = e;
  return code;
}

static void end_running(weir_call *c, weir_code code, weir_str bytes, weir_buf *body, bool packed) {
  weir_str text = c->server.text;
  if (code == WEIR_OK && (bytes.data || body)) {
    weir_err err = weir_rpc_send(c->rpc, bytes, body, packed ? WEIR_RPC_COMPRESSED : 0);
    if (err == WEIR_ELIMIT || err == WEIR_ENOMEM) {
      code = WEIR_RESOURCE_EXHAUSTED;
      text = weir_call_send_error(err);
    }
  }
  c->out_closed = true;
  c->discard = true;
  weir_call_tell(c->conn, c->rpc, code, text, c->server.trailers.kvs, c->server.trailers.n);
}

bool weir_server_claim_end(weir_call *c) {
  if (atomic_exchange_explicit(&c->server.completed, true, memory_order_acq_rel)) return false;
  weir_server_load_less(c);
  return true;
}

void weir_server_end_call(weir_call *c, weir_code code, weir_str bytes, weir_buf *body, bool packed) {
  weir_shard_enter(c->shard);
  if (c->state == WEIR_CALL_RUNNING) end_running(c, weir_call_status_of(code), bytes, body, packed);
  c->on_cancel = NULL; /* the handler is done with the call */
  bool was_user = atomic_fetch_sub_explicit(&c->users, 1, memory_order_acq_rel) == 1;
  weir_call_leave(c, was_user);
}
