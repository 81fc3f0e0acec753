/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* dispatch.c - from a call's first event to its handler. */
#include "server/server.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

static void server_call_unref(void *owner) {
  weir_server_less(owner);
  weir_server_drop(owner);
}

/* Ended before its handler was called: nobody else will drop the handler's reference. */
static void server_call_ended(void *owner, weir_call *c) {
  (void)owner;
  if (c->server.dispatched || !weir_server_claim_end(c)) return;
  if (atomic_fetch_sub_explicit(&c->users, 1, memory_order_acq_rel) == 1) weir_call_release(c);
}

const weir_call_owner weir_server_call_ops = {.unref = server_call_unref, .ended = server_call_ended};

static void engine_refuse(weir_conn *conn, weir_rpc_call *rc, weir_code code, const char *text) {
  weir_call_tell(conn, rc, code, weir_str_of(text), NULL, 0);
}

weir_call *weir_server_call_new(server_conn *sc, const weir_rpc_event *ev) {
  weir_server *s = sc->home->server;
  weir_conn *conn = sc->conn;
  weir_shard *shard = weir_conn_shard(conn);
  weir_call *c = weir_call_new(shard, &weir_server_call_ops, s, ev->path, true);
  if (!c) return NULL;
  atomic_fetch_add(&s->live, 1);
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
  c->is_server = true;
  c->state = WEIR_CALL_RUNNING;
  c->conn = conn;
  c->rpc = ev->call;
  c->got_headers = true;
  c->interceptors = (const weir_interceptor *const *)s->interceptors;
  c->n_interceptors = s->n_interceptors;
  if (s->rpc.max_send_bytes) c->max_send = s->rpc.max_send_bytes;
  c->max_recv = s->rpc.max_recv_bytes ? s->rpc.max_recv_bytes : WEIR_RPC_MAX_RECV_DEFAULT;
  c->codecs = &sc->home->codecs;
  c->in_encoding = ev->encoding;
  c->out_accept = ev->accepts;
  if (s->compression && ev->accepts & WEIR_ENCODING_BIT(s->compression)) {
    c->out_encoding = s->compression;
    (void)weir_rpc_set_encoding(ev->call, c->out_encoding);
  }
  if (ev->timeout_ns != WEIR_RPC_NO_TIMEOUT)
    c->deadline = weir_io_after(weir_shard_now(shard), ev->timeout_ns);
  weir_conn_copy_peer(conn, c->peer);
  c->peer_auth = weir_conn_auth(conn);
  weir_list_init(&c->children.calls);
  c->children.live = pthread_mutex_init(&c->children.mu, NULL) == 0;
  weir_rpc_set_user(ev->call, c);
  bool kept = weir_call_keep(c, &c->headers, ev->metadata, ev->n_metadata);
  weir_server_load_add(sc, c);
  if (!kept) weir_call_cancel(c, WEIR_RESOURCE_EXHAUSTED, "out of memory");
  return c;
}

static const weir_method_entry *dispatch_find(server_conn *sc, weir_str path) {
  weir_server *s = sc->home->server;
  if (sc->last && weir_str_eq(weir_str_of(sc->last->method->path), path)) return sc->last;
  const weir_method_entry *m = weir_map_get(&s->methods, path);
  if (m) sc->last = m;
  return m || !s->unknown.run ? m : &s->unknown;
}

void weir_dispatch_call(server_conn *sc, const weir_rpc_event *ev) {
  weir_conn *conn = sc->conn;
  if (!weir_server_load_allows(sc)) {
    weir_rpc_reject(ev->call);
    weir_conn_kick(conn);
    return;
  }
  const weir_method_entry *m = dispatch_find(sc, ev->path);
  if (!m) {
    char text[256];
    snprintf(text, sizeof text, "unknown method %.*s", (int)(ev->path.len < 200 ? ev->path.len : 200),
             ev->path.data);
    engine_refuse(conn, ev->call, WEIR_UNIMPLEMENTED, text);
    return;
  }
  weir_call *c = weir_server_call_new(sc, ev);
  if (!c) {
    engine_refuse(conn, ev->call, WEIR_RESOURCE_EXHAUSTED, "out of memory for a call");
    return;
  }
  c->method = m->method;
  c->kind = m->method->kind;
  c->server.entry = m;
  if (c->kind == WEIR_UNARY || c->kind == WEIR_SERVER_STREAM)
    c->consume_early = true;
  else
    weir_dispatch_run(c);
}

/* ---- requests that are one message ----------------------------------------------------------------------------------- */

/* Refuses a call whose handler was not called and will not be. */
static void call_refuse(weir_call *c, weir_code code, const char *text) {
  c->server.dispatched = true;
  (void)weir_server_claim_end(c);
  c->discard = true;
  engine_refuse(c->conn, c->rpc, code, text);
  if (atomic_fetch_sub_explicit(&c->users, 1, memory_order_acq_rel) == 1) weir_call_release(c);
}

static void single_request_event(weir_call *c, const weir_rpc_event *ev) {
  if (ev->kind == WEIR_RPC_EV_MESSAGE && ++c->server.n_requests > 1) {
    call_refuse(c, WEIR_UNIMPLEMENTED, "more than one request message in a call that takes one");
    return;
  }
  weir_call_event(c, ev);
  if (ev->kind != WEIR_RPC_EV_HALF_CLOSE) return;
  if (c->server.n_requests == 1)
    weir_dispatch_run(c);
  else
    call_refuse(c, WEIR_UNIMPLEMENTED, "no request message in a call that takes one");
}

void weir_dispatch_event(weir_call *c, const weir_rpc_event *ev) {
  bool single = c->consume_early && !c->server.dispatched;
  if (!c->server.entry)
    weir_http_event(c, ev);
  else if (single && (ev->kind == WEIR_RPC_EV_MESSAGE || ev->kind == WEIR_RPC_EV_HALF_CLOSE))
    single_request_event(c, ev);
  else
    weir_call_event(c, ev);
}

/* ---- running handlers ------------------------------------------------------------------------------------------------- */

static weir_code intercept_start(weir_call *c) {
  weir_call_info info = {sizeof info, c->path, c->headers.kvs, c->headers.n, weir_time_left(c)};
  for (size_t i = 0; i < c->n_interceptors; i++) {
    const weir_interceptor *in = c->interceptors[i];
    weir_code code = in->on_start ? weir_call_status_of(in->on_start(in->ctx, c, &info)) : WEIR_OK;
    if (code) return weir_fail(c, code, "refused by an interceptor");
    if (info.metadata != c->headers.kvs && !weir_call_keep(c, &c->headers, info.metadata, info.n_metadata))
      return WEIR_RESOURCE_EXHAUSTED;
    info.metadata = c->headers.kvs;
    info.n_metadata = c->headers.n;
  }
  return WEIR_OK;
}

/* False: it ended while it waited for a thread; nobody is there to be answered. */
static bool call_is_wanted(weir_call *c) {
  weir_shard_enter(c->shard);
  bool wanted = c->state == WEIR_CALL_RUNNING;
  if (wanted) c->n_started = c->n_interceptors;
  weir_shard_leave(c->shard);
  return wanted;
}

static void call_run(weir_call *c) {
  const weir_method_entry *m = c->server.entry;
  bool asked = c->n_interceptors || m->run_on == WEIR_ON_POOL;
  weir_code code = asked && !call_is_wanted(c) ? WEIR_CANCELLED : WEIR_OK;
  if (!code && c->n_interceptors) code = intercept_start(c);
  if (!code)
    m->run(m, c);
  else if (weir_server_claim_end(c))
    weir_server_end_call(c, code, (weir_str){NULL, 0}, NULL, false);
}

static void run_on_loop(void *arg, weir_call *c, weir_code code) {
  (void)arg;
  (void)code;
  call_run(c);
}

/* The server whose handler runs on this thread of the pool: there, waiting for its end would be waiting for oneself. */
static _Thread_local const weir_server *dispatch_handling;

bool weir_server_may_block(const weir_server *s) {
  return dispatch_handling != s && weir_shard_may_block(weir_server_first(s));
}

static void run_on_pool(void *arg) {
  weir_call *c = arg;
  dispatch_handling = c->owner;
  call_run(c);
  dispatch_handling = NULL;
}

void weir_dispatch_run(weir_call *c) {
  const weir_method_entry *m = c->server.entry;
  c->server.dispatched = true;
  if (m->run_on == WEIR_ON_LOOP) {
    c->server.due = (weir_due){.fn = run_on_loop, .call = c};
    weir_shard_call_back(c->shard, &c->server.due);
    return;
  }
  c->server.task = (weir_task){.fn = run_on_pool, .arg = c};
  weir_server *s = c->owner;
  if (weir_loop_pool_run(s->loop, &c->server.task))
    call_refuse(c, WEIR_RESOURCE_EXHAUSTED, "no thread for the handler");
}
