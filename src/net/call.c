/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* call.c - a call's life: creation, the engine's events, the end. What its users do is in call_ops.c. */
#include "net/call.h"

#include "base/arena.h"
#include "base/assert.h"

#include <string.h>

#define FIRST_BLOCK 1024u /* of the call's arena, allocated with it */

static void queue_init(weir_call_queue *q) {
  q->first = NULL;
  q->tail = &q->first;
}

bool weir_call_queue_push(weir_call *c, weir_call_queue *q, weir_buf *buf, size_t flow, bool packed) {
  weir_call_msg *m = &c->first_msg;
  if (buf && m->buf) m = weir_mem_alloc(weir_loop_mem(weir_shard_loop(c->shard)), sizeof *m);
  if (!buf || !m) {
    weir_buf_unref(buf);
    return false;
  }
  *m = (weir_call_msg){NULL, buf, flow, packed};
  *q->tail = m;
  q->tail = &m->next;
  return true;
}

weir_call_msg weir_call_queue_pop(weir_call *c, weir_call_queue *q) {
  weir_call_msg *m = q->first, msg = *m;
  q->first = m->next;
  if (!q->first) q->tail = &q->first;
  if (m == &c->first_msg)
    m->buf = NULL;
  else
    weir_mem_free(weir_loop_mem(weir_shard_loop(c->shard)), m, sizeof *m);
  return msg;
}

static void queue_clear(weir_call *c, weir_call_queue *q) {
  while (q->first) weir_buf_unref(weir_call_queue_pop(c, q).buf);
}

weir_call *weir_call_new(weir_shard *s, const weir_call_owner *ops, void *owner, weir_str path, bool locked) {
  weir_mem mem = weir_loop_mem(weir_shard_loop(s));
  size_t size = sizeof(weir_call) + FIRST_BLOCK;
  weir_call *c = locked ? weir_shard_take_block(s, size) : weir_mem_alloc(mem, size);
  if (!c) return NULL;
  memset(c, 0, sizeof *c);
  c->arena = weir_arena_new_in(mem, c + 1, FIRST_BLOCK);
  c->path = weir_dup(c->arena, path).data;
  if (!c->path) {
    weir_arena_free(c->arena);
    weir_mem_free(mem, c, size);
    return NULL;
  }
  c->shard = s;
  c->owner_ops = ops;
  c->owner = owner;
  c->high_water = WEIR_CALL_HIGH_WATER;
  c->max_send = c->max_recv = UINT32_MAX;
  c->deadline = WEIR_IO_NEVER;
  c->text = WEIR_STR("");
  c->holds = 2;
  atomic_init(&c->users, 1);
  queue_init(&c->inbox);
  queue_init(&c->outbox);
  return c;
}

/* All but the memory of the struct itself. */
static void call_fini(weir_call *c) {
  WEIR_ASSERT(c->state == WEIR_CALL_ENDED && !c->rpc);
  queue_clear(c, &c->inbox);
  queue_clear(c, &c->outbox);
  weir_buf_unref(c->server.request);
  weir_buf_unref(c->reply_bytes);
  weir_arena_free(c->meta);
  weir_mem_free(weir_loop_mem(weir_shard_loop(c->shard)), c->text_own, c->text_size);
  if (c->children.live) pthread_mutex_destroy(&c->children.mu);
  weir_auth_unref(c->peer_auth);
  weir_arena_free(c->arena);
}

void weir_call_hold(weir_call *c) { c->holds++; }

void weir_call_release(weir_call *c) {
  WEIR_ASSERT(c->holds > 0);
  if (--c->holds > 0) return;
  void *owner = c->owner;
  const weir_call_owner *ops = c->owner_ops;
  weir_shard *s = c->shard;
  bool keep = c->is_server; /* clients make theirs without the lock */
  call_fini(c);
  if (keep)
    weir_shard_give_block(s, c, sizeof *c + FIRST_BLOCK);
  else
    weir_mem_free(weir_loop_mem(weir_shard_loop(s)), c, sizeof *c + FIRST_BLOCK);
  ops->unref(owner);
}

void weir_call_drop(weir_call *c) {
  weir_shard_enter(c->shard);
  weir_call_leave(c, true);
}

void weir_call_leave(weir_call *c, bool drop) {
  weir_shard *s = c->shard;
  WEIR_ASSERT(!drop || c->holds > 0);
  bool last = drop && --c->holds == 0;
  weir_shard_leave(s);
  if (!last) return;
  void *owner = c->owner;
  const weir_call_owner *ops = c->owner_ops;
  call_fini(c);
  weir_mem_free(weir_loop_mem(weir_shard_loop(s)), c, sizeof *c + FIRST_BLOCK);
  ops->unref(owner);
}

bool weir_call_keep(weir_call *c, weir_call_metadata *to, const weir_kv *kvs, size_t n) {
  *to = (weir_call_metadata){NULL, 0};
  if (!n) return true;
  if (!c->is_server && !c->meta)
    c->meta = weir_arena_new_in(weir_loop_mem(weir_shard_loop(c->shard)), NULL, 0);
  weir_arena *a = c->is_server ? c->arena : c->meta;
  weir_kv *copy = a && n <= SIZE_MAX / sizeof *copy ? weir_arena_take(a, n * sizeof *copy) : NULL;
  if (!copy) return false;
  for (size_t i = 0; i < n; i++) {
    copy[i] = (weir_kv){weir_dup(a, kvs[i].key), weir_dup(a, kvs[i].val)};
    if (!copy[i].key.data || !copy[i].val.data) return false;
  }
  *to = (weir_call_metadata){copy, n};
  return true;
}

/* ---- those who wait ------------------------------------------------------------------------------------------------ */

static void op_done(weir_due *d) { weir_call_drop(d->call); }

static void op_go_on(weir_call *c, weir_call_op *op, weir_code code) {
  weir_call_waiter *w = op->waiters;
  op->waiters = NULL;
  for (; w; w = w->next) weir_waiter_wake(c->shard, &w->waiter);
  if (op->armed) {
    op->armed = false;
    op->due.code = code;
    weir_shard_call_back(c->shard, &op->due); /* its hold goes with op_done */
  }
}

weir_code weir_call_arm(weir_call *c, weir_call_op *op, weir_fn *fn, void *arg) {
  if (op->armed) return WEIR_FAILED_PRECONDITION;
  op->due.fn = fn;
  op->due.arg = arg;
  if (!op->due.call) op->due.call = c; /* op_done of the callback before may be reading it */
  op->due.done = op_done;
  op->armed = true;
  weir_call_hold(c);
  return WEIR_PENDING;
}

weir_code weir_call_block(weir_call *c, weir_call_op *op) {
  if (!weir_shard_may_block(c->shard)) return WEIR_FAILED_PRECONDITION;
  weir_call_waiter w = {.next = op->waiters};
  op->waiters = &w;
  weir_call_hold(c);
  weir_shard_wait(c->shard, &w.waiter);
  weir_call_release(c);
  return WEIR_OK;
}

typedef struct timed_waiter {
  weir_call_waiter link;
  weir_timer timer;
  weir_shard *shard;
} timed_waiter;

static void waiter_timeout(void *arg) {
  timed_waiter *w = arg;
  weir_waiter_wake(w->shard, &w->link.waiter);
}

weir_code weir_call_block_until(weir_call *c, weir_call_op *op, weir_io_nanos until) {
  weir_shard *s = c->shard;
  if (!weir_shard_may_block(s)) return WEIR_FAILED_PRECONDITION;
  timed_waiter w = {.link = {.next = op->waiters}, .shard = s};
  w.timer = (weir_timer){.fn = waiter_timeout, .arg = &w};
  if (weir_timer_set(s, &w.timer, until)) return WEIR_RESOURCE_EXHAUSTED;
  op->waiters = &w.link;
  weir_call_hold(c);
  weir_shard_wait(s, &w.link.waiter);
  weir_timer_stop(s, &w.timer);
  weir_code code = WEIR_OK;
  for (weir_call_waiter **at = &op->waiters; *at; at = &(*at)->next) {
    if (*at != &w.link) continue;
    *at = w.link.next; /* still listed: it was the timer */
    code = WEIR_DEADLINE_EXCEEDED;
    break;
  }
  weir_call_release(c);
  return code;
}

/* A single user callback with its own hold on the call. */
static void call_back(weir_call *c, weir_due *d, weir_code code) {
  d->call = c;
  d->code = code;
  d->done = op_done;
  weir_call_hold(c);
  weir_shard_call_back(c->shard, d);
}

/* ---- the engine's events -------------------------------------------------------------------------------------------- */

/* Exactly one reply is due (grpc doc/statuscodes.md: anything else is UNIMPLEMENTED). */
static bool one_reply(const weir_call *c) {
  return !c->is_server && (c->kind == WEIR_UNARY || c->kind == WEIR_CLIENT_STREAM);
}

/* The server has seen the call: there will be no other attempt. */
void weir_call_commit(weir_call *c) {
  if (!c->retain) return;
  c->retain = false;
  queue_clear(c, &c->outbox);
  c->outbox_bytes = 0;
}

/* The only request of a typed handler that has not begun: nobody but the decoder sees the buffer, and the arena is not
 * the handler's yet. */
static weir_buf *call_keep_message(weir_call *c, weir_str m, weir_buf *body) {
  if (body) return weir_buf_ref(body);
  bool in_arena = c->is_server && c->consume_early && !c->server.dispatched && c->method->req;
  return in_arena ? weir_buf_copy_in(c->arena, m.data, m.len) : weir_buf_copy(m.data, m.len);
}

static void call_on_message(weir_call *c, const weir_rpc_event *ev) {
  c->n_in++;
  weir_call_commit(c);
  size_t flow = ev->flow;
  if ((c->consume_early || c->discard) && flow) {
    weir_rpc_consume(c->rpc, flow);
    weir_conn_kick(c->conn);
    flow = 0;
  }
  if (one_reply(c) && c->n_in > 1) {
    weir_call_cancel(c, WEIR_UNIMPLEMENTED, "more than one reply message in a call that gets one");
    return;
  }
  if (c->discard) return;
  if (!weir_call_queue_push(c, &c->inbox, call_keep_message(c, ev->message, ev->body), flow, ev->compressed)) {
    weir_call_refuse(c, WEIR_RESOURCE_EXHAUSTED, "out of memory for a message");
    return;
  }
  op_go_on(c, &c->recv, WEIR_OK);
}

static void call_on_headers(weir_call *c, const weir_rpc_event *ev) {
  weir_call_commit(c);
  c->in_encoding = ev->encoding;
  if (!weir_call_keep(c, &c->headers, ev->metadata, ev->n_metadata)) {
    weir_call_cancel(c, WEIR_RESOURCE_EXHAUSTED, "out of memory for metadata");
    return;
  }
  c->got_headers = true;
  op_go_on(c, &c->head, WEIR_OK);
}

/* A cancellation that is not ours and comes at the deadline or after it is the server's own timer (grpc
 * doc/statuscodes.md). The turn may have begun before it, so the engine does not know. */
static bool end_is_late(const weir_call *c, const weir_rpc_event *ev) {
  return !c->is_server && ev->code == WEIR_CANCELLED && !c->cancelled && c->deadline != WEIR_IO_NEVER &&
         c->deadline <= weir_shard_clock(c->shard);
}

static void call_on_end(weir_call *c, const weir_rpc_event *ev) {
  if (c->is_server ? ev->code != WEIR_OK : ev->code == WEIR_DEADLINE_EXCEEDED && c->deadline != WEIR_IO_NEVER)
    c->cancelled = true;
  if (end_is_late(c, ev)) {
    c->cancelled = true;
    weir_call_end(c, WEIR_DEADLINE_EXCEEDED, WEIR_STR("Deadline Exceeded"), NULL, 0);
  } else if (ev->code == WEIR_OK && one_reply(c) && c->n_in == 0) {
    weir_call_end(c, WEIR_UNIMPLEMENTED, WEIR_STR("no reply message in a call that gets one"), ev->metadata,
                  ev->n_metadata);
  } else {
    weir_call_end(c, ev->code, ev->text, ev->metadata, ev->n_metadata);
  }
}

void weir_call_event(weir_call *c, const weir_rpc_event *ev) {
  switch (ev->kind) {
  case WEIR_RPC_EV_HEADERS: call_on_headers(c, ev); break;
  case WEIR_RPC_EV_MESSAGE: call_on_message(c, ev); break;
  case WEIR_RPC_EV_HALF_CLOSE:
    c->in_closed = true;
    op_go_on(c, &c->recv, WEIR_OK);
    break;
  case WEIR_RPC_EV_WRITABLE:
    if (weir_call_has_room(c, true)) op_go_on(c, &c->send, WEIR_OK);
    break;
  case WEIR_RPC_EV_END: call_on_end(c, ev); break;
  default: break;
  }
}

weir_str weir_call_send_error(weir_err err) {
  return err == WEIR_ELIMIT ? WEIR_STR("the message is longer than max_send_bytes")
                            : WEIR_STR("out of memory for a message");
}

void weir_call_attach(weir_call *c, weir_conn *conn, weir_rpc_call *rpc) {
  WEIR_ASSERT(c->state == WEIR_CALL_WAITING);
  c->state = WEIR_CALL_RUNNING;
  c->conn = conn;
  c->rpc = rpc;
  if (!c->peer_shown) {
    weir_conn_copy_peer(conn, c->peer);
    weir_auth_unref(c->peer_auth);
    c->peer_auth = weir_conn_auth(conn);
  }
  if (c->outbox_bytes > WEIR_CALL_RETAIN) c->retain = false;
  weir_err err = WEIR_EOK;
  for (weir_call_msg *m = c->outbox.first; m && !err; m = m->next)
    err =
        weir_rpc_send(rpc, (weir_str){NULL, 0}, m->buf,
                      (c->out_closed && !m->next ? WEIR_RPC_LAST : 0) | (m->packed ? WEIR_RPC_COMPRESSED : 0));
  if (!err && c->out_closed && !c->outbox.first) err = weir_rpc_half_close(rpc);
  if (!c->retain) {
    queue_clear(c, &c->outbox);
    c->outbox_bytes = 0;
  }
  if (err) weir_rpc_cancel(rpc, WEIR_RESOURCE_EXHAUSTED, weir_call_send_error(err));
  weir_conn_kick(conn);
  if (weir_call_has_room(c, true)) op_go_on(c, &c->send, WEIR_OK);
}

bool weir_call_detach(weir_call *c) {
  if (c->state != WEIR_CALL_RUNNING || !c->retain || c->got_headers || c->n_in || c->cancelled) return false;
  c->state = WEIR_CALL_WAITING;
  c->conn = NULL;
  c->rpc = NULL;
  return true;
}

/* ---- the end --------------------------------------------------------------------------------------------------------- */

static void call_set_text(weir_call *c, weir_str text) {
  if (!text.len) return;
  c->text_own = weir_mem_alloc(weir_loop_mem(weir_shard_loop(c->shard)), text.len + 1);
  if (!c->text_own) return;
  c->text_size = text.len + 1;
  memcpy(c->text_own, text.data, text.len);
  c->text_own[text.len] = 0;
  c->text = (weir_str){c->text_own, text.len};
}

static void call_tell_end(void *arg, weir_call *c, weir_code code) {
  (void)arg;
  for (size_t i = c->n_started; i-- > 0;) {
    const weir_interceptor *in = c->interceptors[i];
    if (in->on_end) in->on_end(in->ctx, c, code);
  }
}

static void call_cancel_children(weir_call *c) {
  if (!c->children.live) return;
  pthread_mutex_lock(&c->children.mu);
  c->children.cancelled = c->cancelled;
  for (weir_list *n = c->children.calls.next; c->cancelled && n != &c->children.calls; n = n->next) {
    weir_call *child = WEIR_LIST_OF(n, weir_call, child_node);
    weir_shard_post(child->shard, &child->cancel_task);
  }
  pthread_mutex_unlock(&c->children.mu);
}

static void parent_unref(void *arg, weir_call *call, weir_code code) {
  (void)call;
  (void)code;
  weir_call_unref(arg);
}

static void call_leave_parent(weir_call *c) {
  if (!c->parent) return;
  pthread_mutex_lock(&c->parent->children.mu);
  weir_list_remove(&c->child_node);
  pthread_mutex_unlock(&c->parent->children.mu);
  weir_shard_unpost(c->shard, &c->cancel_task);
  c->drop_parent =
      (weir_due){.fn = parent_unref, .arg = c->parent}; /* its shard may not be entered from ours */
  c->parent = NULL;
  call_back(c, &c->drop_parent, WEIR_OK);
}

static void creds_unref(void *arg, weir_call *call, weir_code code) {
  (void)call;
  (void)code;
  weir_creds_unref(arg);
}

/* Their release is the program's, and not for under the lock. */
static void call_drop_creds(weir_call *c) {
  if (!c->client.creds) return;
  c->client.drop_creds = (weir_due){.fn = creds_unref, .arg = c->client.creds};
  c->client.creds = NULL;
  call_back(c, &c->client.drop_creds, WEIR_OK);
}

/* The handler may be done before this runs. */
static void call_on_cancel(void *none, weir_call *c, weir_code code) {
  (void)none;
  weir_shard_enter(c->shard);
  weir_fn *fn = c->on_cancel;
  void *arg = c->on_cancel_arg;
  c->on_cancel = NULL;
  weir_shard_leave(c->shard);
  if (fn) fn(arg, c, code);
}

void weir_call_tell_cancelled(weir_call *c) {
  c->cancel_due.fn = call_on_cancel;
  call_back(c, &c->cancel_due, c->code);
}

void weir_call_end(weir_call *c, weir_code code, weir_str text, const weir_kv *trailers, size_t n) {
  if (c->state == WEIR_CALL_ENDED) return;
  c->state = WEIR_CALL_ENDED;
  c->conn = NULL;
  c->rpc = NULL;
  c->code = code;
  call_set_text(c, text);
  if (!c->is_server && !weir_call_keep(c, &c->trailers, trailers, n)) c->trailers.n = 0;
  if (c->cancelled) queue_clear(c, &c->inbox);
  queue_clear(c, &c->outbox);
  call_cancel_children(c);
  if (c->n_started) {
    c->end_due.fn = call_tell_end;
    call_back(c, &c->end_due, code);
  }
  if (c->cancelled && c->on_cancel) weir_call_tell_cancelled(c);
  op_go_on(c, &c->head, WEIR_OK);
  op_go_on(c, &c->recv, WEIR_OK);
  op_go_on(c, &c->send, weir_call_final(c));
  op_go_on(c, &c->finish, code);
  call_leave_parent(c);
  call_drop_creds(c);
  if (c->owner_ops->ended) c->owner_ops->ended(c->owner, c);
  weir_call_release(c);
}

void weir_call_cancel(weir_call *c, weir_code code, const char *text) {
  if (c->state == WEIR_CALL_ENDED) return;
  c->cancelled = true;
  if (c->state == WEIR_CALL_WAITING) {
    weir_call_end(c, code, weir_str_of(text), NULL, 0);
    return;
  }
  weir_rpc_cancel(c->rpc, code, weir_str_of(text));
  weir_conn_kick(c->conn);
}

void weir_call_tell(weir_conn *conn, weir_rpc_call *rc, weir_code code, weir_str text,
                    const weir_kv *trailers, size_t n) {
  if (weir_rpc_finish(rc, code, text, trailers, n) == WEIR_ENOMEM)
    weir_rpc_cancel(rc, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory"));
  weir_conn_kick(conn);
}

void weir_call_refuse(weir_call *c, weir_code code, const char *text) {
  if (!c->is_server) {
    weir_call_cancel(c, code, text);
  } else if (c->state == WEIR_CALL_RUNNING) {
    c->out_closed = true;
    c->discard = true;
    weir_call_tell(c->conn, c->rpc, code, weir_str_of(text), NULL, 0);
  }
}

/* ---- parents ------------------------------------------------------------------------------------------------------------ */

static void child_cancel(void *arg) {
  weir_call_cancel(arg, WEIR_CANCELLED, "the parent call was cancelled");
}

void weir_call_adopt(weir_call *parent, weir_call *c) {
  if (!parent->children.live) return;
  c->cancel_task = (weir_task){.fn = child_cancel, .arg = c};
  c->parent = weir_call_ref(parent);
  pthread_mutex_lock(&parent->children.mu);
  weir_list_push(&parent->children.calls, &c->child_node);
  if (parent->children.cancelled) weir_shard_post(c->shard, &c->cancel_task);
  pthread_mutex_unlock(&parent->children.mu);
}

weir_code weir_call_intercept(weir_call *c, bool sent, weir_str raw) {
  for (size_t i = 0; i < c->n_interceptors; i++) {
    const weir_interceptor *in = c->interceptors[i];
    weir_code code = in->on_message ? in->on_message(in->ctx, c, sent, raw) : WEIR_OK;
    if (code) return weir_call_status_of(code);
  }
  return WEIR_OK;
}

weir_code weir_call_status_of(weir_code code) {
  return code >= WEIR_OK && code <= WEIR_UNAUTHENTICATED ? code : WEIR_UNKNOWN;
}
