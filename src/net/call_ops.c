/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* call_ops.c - what users of a call do with it, in bytes; and the part of weir/call.h that needs no message types. */
#include "base/arena.h"
#include "base/assert.h"
#include "net/call.h"

#include <string.h>

weir_code weir_call_final(const weir_call *c) {
  if (c->is_server) return c->cancelled ? WEIR_CANCELLED : WEIR_FAILED_PRECONDITION;
  return c->code == WEIR_OK ? WEIR_EOF : c->code;
}

bool weir_call_has_room(const weir_call *c, bool low) {
  size_t queued = c->rpc ? weir_rpc_queued(c->rpc) : c->outbox_bytes;
  return queued <= (low ? c->high_water / 2 : c->high_water);
}

/* Keeps a message for when there is a connection, or for another attempt. */
static weir_buf *outbox_add(weir_call *c, weir_str bytes, weir_buf *body, bool packed) {
  weir_buf *buf = body ? weir_buf_ref(body) : weir_buf_copy(bytes.data, bytes.len);
  if (!weir_call_queue_push(c, &c->outbox, buf, 0, packed)) return NULL;
  c->outbox_bytes += weir_buf_view(buf).len;
  return buf;
}

weir_code weir_call_put(weir_call *c, weir_str bytes, weir_buf *body, unsigned flags) {
  if (c->state == WEIR_CALL_ENDED) return weir_call_final(c);
  if (c->out_closed) return WEIR_FAILED_PRECONDITION;
  if ((body ? weir_buf_view(body).len : bytes.len) > c->max_send) return WEIR_RESOURCE_EXHAUSTED;
  if (c->outbox_bytes > WEIR_CALL_RETAIN && c->state == WEIR_CALL_RUNNING) weir_call_commit(c);
  if (c->state == WEIR_CALL_WAITING || c->retain) {
    body = outbox_add(c, bytes, body, flags & WEIR_RPC_COMPRESSED);
    if (!body) return WEIR_RESOURCE_EXHAUSTED;
    bytes = (weir_str){NULL, 0};
  }
  if (c->state == WEIR_CALL_RUNNING) {
    weir_err err = weir_rpc_send(c->rpc, bytes, body, flags);
    if (err) {
      weir_call_commit(c); /* what was kept has more than what was sent */
      return err == WEIR_ELIMIT || err == WEIR_ENOMEM ? WEIR_RESOURCE_EXHAUSTED : weir_call_final(c);
    }
    weir_conn_kick(c->conn);
  }
  c->out_closed = flags & WEIR_RPC_LAST;
  return WEIR_OK;
}

weir_code weir_call_take(weir_call *c, weir_buf **out, bool *packed) {
  if (c->inbox.first) {
    weir_call_msg m = weir_call_queue_pop(c, &c->inbox);
    *out = m.buf;
    *packed = m.packed;
    if (m.flow && c->rpc) {
      weir_rpc_consume(c->rpc, m.flow);
      weir_conn_kick(c->conn);
    }
    return WEIR_OK;
  }
  if (c->in_closed && !c->cancelled) return WEIR_EOF;
  if (c->state == WEIR_CALL_ENDED) return weir_call_final(c);
  return WEIR_PENDING;
}

void weir_call_spoil(weir_call *c, weir_code code, const char *why) {
  weir_str text = weir_dup(c->arena, weir_str_of(why));
  weir_shard_enter(c->shard);
  c->code = code;
  if (text.data) c->text = text;
  weir_shard_leave(c->shard);
}

/* ---- weir/call.h ------------------------------------------------------------------------------------------------------- */

weir_call *weir_call_ref(weir_call *c) {
  atomic_fetch_add_explicit(&c->users, 1, memory_order_relaxed);
  return c;
}

void weir_call_unref(weir_call *c) {
  if (!c || atomic_fetch_sub_explicit(&c->users, 1, memory_order_acq_rel) != 1) return;
  if (!c->is_server) {
    weir_shard_enter(c->shard);
    weir_call_cancel(c, WEIR_CANCELLED, "the call was dropped");
    weir_shard_leave(c->shard);
  }
  weir_call_drop(c);
}

void weir_cancel(weir_call *c) {
  weir_shard_enter(c->shard);
  weir_call_cancel(c, WEIR_CANCELLED, "the call was cancelled");
  weir_shard_leave(c->shard);
}

bool weir_is_cancelled(const weir_call *c) {
  weir_shard_enter(c->shard);
  bool is = c->cancelled;
  weir_shard_leave(c->shard);
  return is;
}

void weir_on_cancel(weir_call *c, weir_fn *fn, void *arg) {
  weir_shard_enter(c->shard);
  WEIR_ASSERT(!c->on_cancel && !c->cancel_due.fn); /* one per call */
  c->on_cancel = fn;
  c->on_cancel_arg = arg;
  if (c->state == WEIR_CALL_ENDED && c->cancelled) weir_call_tell_cancelled(c);
  weir_shard_leave(c->shard);
}

int64_t weir_time_left(weir_call *c) {
  weir_shard_enter(c->shard);
  int64_t left = c->deadline == WEIR_IO_NEVER ? INT64_MAX : c->deadline - weir_shard_now(c->shard);
  if (c->state == WEIR_CALL_ENDED || c->cancelled) left = -1;
  weir_shard_leave(c->shard);
  return left;
}

const weir_kv *weir_headers(weir_call *c, size_t *n) {
  weir_shard_enter(c->shard);
  if (!c->is_server && !c->got_headers && c->state != WEIR_CALL_ENDED) (void)weir_call_block(c, &c->head);
  *n = c->headers.n;
  const weir_kv *kvs = c->headers.kvs;
  weir_shard_leave(c->shard);
  return kvs;
}

const weir_kv *weir_trailers(weir_call *c, size_t *n) {
  weir_shard_enter(c->shard);
  *n = c->state == WEIR_CALL_ENDED ? c->trailers.n : 0;
  const weir_kv *kvs = c->trailers.kvs;
  weir_shard_leave(c->shard);
  return kvs;
}

weir_str weir_status_text(weir_call *c) {
  weir_shard_enter(c->shard);
  weir_str text = c->text;
  weir_shard_leave(c->shard);
  return text;
}

const char *weir_call_method(const weir_call *c) { return c->path; }

const char *weir_call_peer(weir_call *c) {
  weir_shard_enter(c->shard);
  c->peer_shown = *c->peer != 0; /* another attempt must not change it under the reader's eyes */
  weir_shard_leave(c->shard);
  return c->peer;
}

const weir_kv *weir_call_peer_auth(weir_call *c, size_t *n) {
  weir_shard_enter(c->shard);
  c->peer_shown = *c->peer != 0;
  const weir_kv *kvs = weir_auth_properties(c->peer_auth, n);
  weir_shard_leave(c->shard);
  return kvs;
}

weir_arena *weir_call_arena(weir_call *c) { return c->arena; }

weir_code weir_half_close(weir_call *c) {
  weir_code code = WEIR_OK;
  if (c->is_server) return WEIR_FAILED_PRECONDITION;
  weir_shard_enter(c->shard);
  if (!c->out_closed && c->state == WEIR_CALL_RUNNING) {
    if (weir_rpc_half_close(c->rpc) == WEIR_ENOMEM) code = WEIR_RESOURCE_EXHAUSTED;
    weir_conn_kick(c->conn);
  }
  if (!code) c->out_closed = true;
  weir_shard_leave(c->shard);
  return code;
}

/* The reply of weir_unary_async is not dropped: its callback is still to have it. */
static void finish_discard(weir_call *c) {
  weir_buf *drop;
  bool packed;
  if (c->unary_to.fn) return;
  while (weir_call_take(c, &drop, &packed) == WEIR_OK) weir_buf_unref(drop);
  c->discard = true;
}

weir_code weir_finish(weir_call *c, weir_error *e) {
  if (c->is_server) return weir_error_set(e, WEIR_FAILED_PRECONDITION, 0, "weir_finish is for client calls");
  weir_shard_enter(c->shard);
  weir_code code = weir_shard_may_block(c->shard) ? WEIR_OK : WEIR_FAILED_PRECONDITION;
  while (c->state != WEIR_CALL_ENDED && !code) {
    finish_discard(c);
    code = weir_call_block(c, &c->finish);
  }
  if (c->state == WEIR_CALL_ENDED) code = c->code;
  if (c->state != WEIR_CALL_ENDED)
    weir_error_set(e, code, 0, "a blocking call on a loop's thread would deadlock; use weir_finish_async");
  else if (code)
    weir_error_set(e, code, 0, WEIR_FMT, WEIR_ARG(c->text));
  weir_shard_leave(c->shard);
  return code;
}

weir_code weir_finish_async(weir_call *c, weir_fn *fn, void *arg) {
  if (c->is_server) return WEIR_FAILED_PRECONDITION;
  weir_shard_enter(c->shard);
  weir_code code = c->state == WEIR_CALL_ENDED ? c->code : weir_call_arm(c, &c->finish, fn, arg);
  weir_shard_leave(c->shard);
  return code;
}
